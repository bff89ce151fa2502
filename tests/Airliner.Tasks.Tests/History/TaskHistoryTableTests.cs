using System.Text.Json;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Silo.History;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.History;

public sealed class TaskHistoryTableTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private TasksDatabase _database = null!;
    private TaskHistoryTable _history = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TasksDatabase.CreateAsync(server);
        _history = new TaskHistoryTable(_database.Source);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_history_is_read_oldest_first_page_by_page()
    {
        await _database.InsertAsync((1000, Failed(1000)), (1001, Failed(1001)));

        var whole = await ReadAsync(1000);
        Assert.Equal((TaskSilos.Owner, true, 4L, false), (whole.UserId, whole.HasEnded, whole.Facts.Total, whole.Facts.HasMore));
        Assert.Equal([1, 2, 3, 4], whole.Facts.Items.Select(fact => fact.Sequence));
        Assert.Equal(["task_created", "task_started", "task_progressed", "task_failed"], whole.Facts.Items.Select(Type));

        var first = await ReadAsync(1000, limit: 3);
        Assert.Equal(([1, 2, 3], true, 4L), (first.Facts.Items.Select(fact => fact.Sequence).ToArray(), first.Facts.HasMore, first.Facts.Total), Same);
        var second = await ReadAsync(1000, after: 3, limit: 3);
        Assert.Equal(([4], false, 4L), (second.Facts.Items.Select(fact => fact.Sequence).ToArray(), second.Facts.HasMore, second.Facts.Total), Same);
        Assert.Equal([3], (await ReadAsync(1000, limit: 1, offset: 2)).Facts.Items.Select(fact => fact.Sequence));
        Assert.Empty((await ReadAsync(1000, after: 4)).Facts.Items);
    }

    [Fact]
    public async Task A_task_without_a_history_has_an_empty_one_and_what_is_not_there_has_none()
    {
        await _database.InsertAsync((1000, TaskSilos.Pending(1000, _now)));

        var none = await ReadAsync(1000);
        Assert.Equal((0, false, 0L), (none.Facts.Items.Count, none.HasEnded, none.Facts.Total));
        Assert.Null(await _history.ReadAsync(1001, 0, 10, 0));
    }

    [Fact]
    public async Task News_are_of_tasks_with_more_than_is_known_and_of_those_that_have_ended_or_are_gone()
    {
        await _database.InsertAsync((1000, Started(1000)), (1001, Started(1001)), (1002, Failed(1002)), (1003, TaskSilos.Pending(1003, _now)));

        var places = await _history.FindNewsAsync([(1000, 1), (1000, 2), (1001, 2), (1002, 4), (1003, 0), (1004, 0)], Token);

        Assert.Equal([0, 3, 5], places.Order());
    }

    [Fact]
    public async Task A_history_goes_with_its_task()
    {
        await _database.InsertAsync((1000, Failed(1000)), (1001, Failed(1001)), (1002, Failed(1002)));

        Assert.Equal(2, await _database.ExecuteAsync("delete from tasks where id in (1000, 1002)"));

        await using var command = _database.Source.CreateCommand("select array_agg(distinct id) from task_history");
        var left = (long[])(await command.ExecuteScalarAsync(Token))!;
        Assert.Equal([1001], left);
    }

    private static TaskState Started(long id) => TaskState.Created(id, new CreateTask($"command-{id}", TaskSilos.Owner, TaskSilos.Type, Priorities.Medium, "{}"), new(), _now)
        .Started(id, "silo", TimeSpan.FromMinutes(1), _now);

    private static TaskState Failed(long id) => Started(id).Progressed(id, 50, _now).AttemptFailed(id, "no column 'Grüße'", retry: false, TimeSpan.Zero, _now);

    private static string? Type(TaskFact fact) => JsonElement.Parse(fact.Event).GetProperty("eventType").GetString();

    private async Task<TaskHistory> ReadAsync(long id, long after = 0, int limit = 200, int offset = 0) =>
        Assert.IsType<TaskHistory>(await _history.ReadAsync(id, after, limit, offset));

    private static bool Same((long[] Sequences, bool HasMore, long Total) expected, (long[] Sequences, bool HasMore, long Total) actual) =>
        expected.Sequences.SequenceEqual(actual.Sequences) && (expected.HasMore, expected.Total) == (actual.HasMore, actual.Total);
}
