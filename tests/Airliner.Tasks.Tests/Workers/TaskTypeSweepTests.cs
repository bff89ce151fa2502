using Airliner.Tasks.Silo.Workers;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

public sealed class TaskTypeSweepTests(PostgresServer server)
{
    [Fact]
    public async Task A_type_that_no_worker_offers_any_more_is_forgotten_once_no_task_of_it_is_unfinished()
    {
        await using var database = await TasksDatabase.CreateAsync(server);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var types = new TaskTypeTable(database.Source, time);
        using var sweep = new TaskTypeSweep(database.Source, time, NullLogger<TaskTypeSweep>.Instance);
        Assert.True(await types.RegisterAsync("c_one", ["unused", TaskSilos.Type, "running", "seen"], 10));
        var waiting = TaskSilos.Pending(1, time.GetUtcNow());
        var running = (TaskSilos.Pending(2, time.GetUtcNow()) with { TaskType = "running" }).Started(2, "worker:c_one/w", TimeSpan.FromSeconds(1), time.GetUtcNow()) with { Raised = [] };
        await database.InsertAsync((1, waiting), (2, running));
        time.Advance(TimeSpan.FromDays(31));
        Assert.True(await types.RegisterAsync("c_two", ["seen"], 10));

        Assert.Equal(1, await sweep.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["running", TaskSilos.Type, "seen"], await types.AllAsync());
        await database.ExecuteAsync("delete from tasks");
        Assert.Equal(2, await sweep.SweepAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["seen"], await types.AllAsync());
    }
}
