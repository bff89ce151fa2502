using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

public sealed class TaskIndexTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private TasksDatabase _database = null!;
    private TaskIndex _index = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TasksDatabase.CreateAsync(server);
        _index = new TaskIndex(_database.Source);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_list_shows_what_passes_every_filter()
    {
        var one = TaskSilos.Pending(1, _now);
        await _database.InsertAsync(
            (1, one),
            (2, one with { UserId = 1002, CreatedAt = _now.AddHours(1) }),
            (3, one with { Priority = Priorities.High, CreatedAt = _now.AddHours(2) }),
            (4, one with { Status = TaskStatuses.Failed, TaskType = "other", CreatedAt = _now.AddHours(3) }));

        Assert.Equal([4, 3, 2, 1], await ListAsync(new()));
        Assert.Equal([2], await ListAsync(new(UserId: 1002)));
        Assert.Equal([4], await ListAsync(new(Status: TaskStatuses.Failed)));
        Assert.Equal([3, 2, 1], await ListAsync(new(TaskType: TaskSilos.Type)));
        Assert.Equal([3], await ListAsync(new(Priority: Priorities.High)));
        Assert.Equal([4, 3, 2], await ListAsync(new(CreatedAfter: _now.AddHours(1))));
        Assert.Equal([2, 1], await ListAsync(new(CreatedBefore: _now.AddHours(2))));
        Assert.Equal([3], await ListAsync(new(TaskSilos.Owner, TaskStatuses.Pending, TaskSilos.Type, Priorities.High, _now.AddHours(1), _now.AddHours(3))));
        Assert.Empty(await ListAsync(new(UserId: 1002, Status: TaskStatuses.Failed)));
    }

    [Fact]
    public async Task A_page_ends_before_it_is_too_large_for_a_message_and_says_that_more_follows()
    {
        var result = $"\"{new string('x', 1 << 20)}\"";
        await _database.InsertAsync(Enumerable.Range(1, 30).Select(id => ((long)id, TaskSilos.Pending(id, _now) with { Status = TaskStatuses.Completed, Result = result })));

        var first = await _index.ListAsync(new(), new PageRequest(200, null, 0));
        var second = await _index.ListAsync(new(), new PageRequest(200, first.Items[^1].TaskId, 0));

        Assert.Equal((24, true, 6, false), (first.Items.Count, first.HasMore, second.Items.Count, second.HasMore));
        Assert.Equal(Enumerable.Range(1, 30).Reverse().Select(id => (long)id), first.Items.Concat(second.Items).Select(task => task.TaskId));
    }

    [Fact]
    public async Task Pages_by_key_show_every_task_once_although_new_ones_come_in_between()
    {
        await _database.InsertAsync(Enumerable.Range(1, 25).Select(id => ((long)id, TaskSilos.Pending(id, _now))));
        var seen = new List<long>();
        long? before = null;
        for (var added = 100; ; added++)
        {
            var page = await _index.ListAsync(new(), new PageRequest(10, before, 0));
            seen.AddRange(page.Items.Select(task => task.TaskId));
            if (!page.HasMore)
                break;
            Assert.Equal(10, page.Items.Count);
            before = page.Items[^1].TaskId;
            await _database.InsertAsync((added, TaskSilos.Pending(added, _now)));
        }

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(id => (long)id), seen);
    }

    [Fact]
    public async Task A_page_by_offset_passes_over_as_many_and_the_total_counts_all_that_match()
    {
        await _database.InsertAsync(Enumerable.Range(1, 7).Select(id => ((long)id, TaskSilos.Pending(id, _now))));
        await _database.InsertAsync((8, TaskSilos.Pending(8, _now) with { UserId = 9 }));

        var page = await _index.ListAsync(new(UserId: TaskSilos.Owner), new PageRequest(3, null, 2));
        Assert.Equal([5, 4, 3], page.Items.Select(task => task.TaskId));
        Assert.Equal((7, true), (page.Total, page.HasMore));
        page = await _index.ListAsync(new(UserId: TaskSilos.Owner), new PageRequest(3, null, 6));
        Assert.Equal([1], page.Items.Select(task => task.TaskId));
        Assert.Equal((7, false), (page.Total, page.HasMore));
    }

    private async Task<IEnumerable<long>> ListAsync(TaskFilter filter) =>
        (await _index.ListAsync(filter, new PageRequest(50, null, 0))).Items.Select(task => task.TaskId);
}
