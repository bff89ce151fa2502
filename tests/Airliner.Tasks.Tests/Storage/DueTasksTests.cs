using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Queues;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

public sealed class DueTasksTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private TasksDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await TasksDatabase.CreateAsync(server);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_is_due_is_found_and_neither_what_is_not_nor_what_waits_no_more_nor_another_type()
    {
        var started = TaskSilos.Pending(1, _now, Priorities.Low) with { Attempts = 2 };
        await _database.InsertAsync(
            (1, started),
            (2, TaskSilos.Pending(2, _now, Priorities.Critical)),
            (4, TaskSilos.Pending(4, _now.AddSeconds(1), Priorities.Critical)),
            (5, TaskSilos.Pending(5, _now) with { Status = TaskStatuses.Cancelled }),
            (6, TaskSilos.Pending(6, _now) with { TaskType = "other" }),
            (7, TaskSilos.Pending(7, _now) with { UserId = 7 }));

        var page = await FindAsync();
        Assert.Equal([1, 2, 7], Ids(page));
        Assert.Equal((null, false), (page.Last, page.HasMore));
        Assert.Contains(new QueuedTask(1, TaskSilos.Owner, started.DueAt, started.QueueOrder, 2), page.Tasks);
        Assert.Equal([1, 2, 4, 7], Ids(await FindAsync(until: _now.AddSeconds(1))));
        Assert.Equal([2, 7], Ids(await FindAsync(except: [1])));
    }

    [Fact]
    public async Task Users_share_a_page_evenly_and_each_has_the_first_of_every_priority()
    {
        await _database.InsertAsync(Enumerable.Range(1, 300).Select(id => Of(id, userId: 1, dueSeconds: -400 + id)));
        await _database.InsertAsync(Enumerable.Range(301, 300).Select(id => Of(id, userId: 2, dueSeconds: -400 + id)));
        await _database.InsertAsync(Of(901, 3, 0, Priorities.High), Of(902, 3, 0));
        await _database.InsertAsync(Of(903, 4, 60));

        var first = await FindAsync(rows: 0);
        // Of everybody the first, and beside them those that have been due longest whoever has them.
        Assert.Equal([.. Enumerable.Range(1, DueTasks.MostUrgent).Select(id => (long)id), 301, 901, 902], Ids(first));
        Assert.Equal((null, true), (first.Last, first.HasMore));
        // Five users with a priority, of whom one has nothing that is due and one has only a hundred that are, share the rows.
        Assert.Equal([.. Enumerable.Range(1, 200).Select(id => (long)id), .. Enumerable.Range(301, 100).Select(id => (long)id), 901, 902], Ids(await FindAsync(rows: 1000)));
    }

    [Fact]
    public async Task However_many_users_there_are_page_after_page_reaches_every_one_and_begins_again()
    {
        const int Users = 1700;
        await _database.InsertAsync(Enumerable.Range(1, Users).Select(id => Of(id, userId: id, dueSeconds: -id)));
        var reached = new HashSet<long>();
        UserPriority? after = null;
        for (var pages = 1; ; pages++)
        {
            var page = await FindAsync(after);
            Assert.InRange(page.Tasks.Count, 1, DueTasks.MostOnPage + DueTasks.MostUrgent);
            Assert.True(page.HasMore);
            // The most urgent of all are on every page.
            Assert.Contains(page.Tasks, task => task.TaskId == Users);
            reached.UnionWith(Ids(page));
            if (page.Last is null)
            {
                Assert.Equal(4, pages);
                break;
            }

            after = page.Last;
        }

        Assert.Equal(Users, reached.Count);
    }

    private static (long Id, TaskState Task) Of(int id, long userId, int dueSeconds, string priority = Priorities.Medium) =>
        (id, TaskSilos.Pending(id, _now.AddSeconds(dueSeconds), priority) with { UserId = userId });

    private static IEnumerable<long> Ids(DuePage page) => page.Tasks.Select(task => task.TaskId).Order();

    private Task<DuePage> FindAsync(UserPriority? after = null, DateTimeOffset? until = null, int rows = 1000, long[]? except = null) =>
        DueTasks.FindAsync(_database.Source, new DueQuery(TaskSilos.Type, until ?? _now, after, rows, except ?? []));
}
