using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Tasks.Silo.History;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.History;

/// <summary>How those who wait are told, while no time passes but what the test lets pass.</summary>
public sealed class WaitingTests(PostgresServer server) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private TasksDatabase _database = null!;
    private TaskWatch _watch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await TasksDatabase.CreateAsync(server);
        await _database.InsertAsync((1000, TaskSilos.Pending(1000, _time.GetUtcNow())));
        _watch = new TaskWatch(new TaskHistoryTable(_database.Source), _time, NullLogger<TaskWatch>.Instance);
        await _watch.StartAsync(Token);
        await LookedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(Token);
        _watch.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_was_there_before_the_wait_is_found_at_once()
    {
        await HappenedAsync();
        Assert.True(await Within(_watch.HasNewsAsync(1000, 0)));
    }

    [Fact]
    public async Task What_this_silo_commits_is_told_at_once_to_those_who_do_not_know_it()
    {
        var (waiting, knowing) = (_watch.HasNewsAsync(1000, 0), _watch.HasNewsAsync(1000, 1));

        _watch.Committed([Event(1)]);

        Assert.True(await Within(waiting));
        Assert.False(knowing.IsCompleted);
    }

    [Fact]
    public async Task What_another_silo_commits_is_found_in_the_table_within_a_moment()
    {
        var waiting = _watch.HasNewsAsync(1000, 0);
        await LookedAsync();
        await HappenedAsync();

        _time.Advance(TimeSpan.FromMilliseconds(250));

        Assert.True(await Within(waiting));
    }

    [Fact]
    public async Task Where_nothing_happens_the_wait_ends_without_news()
    {
        var waiting = _watch.HasNewsAsync(1000, 0);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await Within(waiting));
    }

    [Fact]
    public async Task A_silo_that_stops_lets_go_of_those_who_wait()
    {
        var waiting = Enumerable.Range(0, 50).Select(_ => _watch.HasNewsAsync(1000, 0)).ToArray();

        await _watch.StopAsync(Token);

        Assert.All(await Within(Task.WhenAll(waiting)), Assert.False);
    }

    /// <summary>Ends when all that waits was looked for once: whoever waits for a task that is not there is told so by the same look or a later one.</summary>
    private async Task LookedAsync() => Assert.True(await Within(_watch.HasNewsAsync(1, 0)));

    private static Task<T> Within<T>(Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(30), Token);

    private static OutboxEvent Event(long sequence) =>
        OutboxEvent.From("tasks/1000", sequence, new TaskCancelled(1000, "TASK", TaskSilos.Type, TaskSilos.Owner) { Timestamp = DateTimeOffset.UnixEpoch.AddYears(50) });

    private Task<int> HappenedAsync() => _database.ExecuteAsync("""insert into task_history values (1000, 1, '{"eventType": "task_written_by_another"}')""");
}
