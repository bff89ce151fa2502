using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Batches;

/// <summary>Batches of tasks as silos make them.</summary>
public sealed class TaskBatchTests(PostgresServer server)
{
    private static DateTimeOffset Tomorrow => TimeProvider.System.GetUtcNow().AddDays(1);

    [Fact]
    public async Task A_batch_is_made_in_its_order_and_in_one_transaction_with_its_events()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = Batch(silos, 1000, runAt: Tomorrow);

        var made = await CreateAsync(silos, batch);

        Assert.Equal(batch.Tasks.Select(task => (long?)task.TaskId), made.Select(task => task?.TaskId));
        Assert.Equal(1000L, await silos.Database.ScalarAsync("select count(*) from tasks"));
        Assert.Equal(1000L, await silos.Database.ScalarAsync("select count(*) from outbox where type = 'task_created'"));
        Assert.Equal(1L, await silos.Database.ScalarAsync("select count(distinct xmin::text) from (select xmin from tasks union all select xmin from outbox) as rows"));
        Assert.Equal(1000, silos.Relay.Taken.Count(raised => raised.Type == "task_created"));
    }

    [Fact]
    public async Task What_of_a_batch_is_due_runs()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = Batch(silos, 30);

        await CreateAsync(silos, batch);

        foreach (var task in batch.Tasks)
            Assert.Equal(TaskStatuses.Completed, (await silos.EndAsync(task.TaskId)).Status);
    }

    [Fact]
    public async Task The_same_batch_again_answers_the_same_tasks()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = Batch(silos, 3, "key-batch", Tomorrow);
        var first = await CreateAsync(silos, batch);

        var byId = await CreateAsync(silos, batch);
        var byCommand = await CreateAsync(silos, Batch(silos, 3, "key-batch", Tomorrow));

        Assert.Equal(first.Select(task => task!.TaskId), byId.Select(task => task!.TaskId));
        Assert.Equal(first.Select(task => task!.TaskId), byCommand.Select(task => task!.TaskId));
        Assert.Equal(3L, await silos.Database.ScalarAsync("select count(*) from tasks"));
        Assert.Equal(3, silos.Relay.Taken.Count);
    }

    [Fact]
    public async Task An_id_that_another_task_has_is_never_taken_for_the_batch_s()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var taken = await silos.CreateAsync(runAt: Tomorrow);
        var batch = Batch(silos, 2, runAt: Tomorrow);

        await Assert.ThrowsAsync<InvalidOperationException>(() => CreateAsync(silos, new([batch.Tasks[0], batch.Tasks[1] with { TaskId = taken }])));
    }

    [Fact]
    public async Task A_user_who_was_deleted_keeps_no_other_user_s_tasks_back()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        await silos.Grains.GetGrain<ITasksPersonalData>(0).Erase(TaskSilos.Owner);
        var batch = Batch(silos, 3, runAt: Tomorrow);
        var others = batch.Tasks[1] with { Command = batch.Tasks[1].Command with { UserId = TaskSilos.Owner + 1 } };

        var made = await CreateAsync(silos, new([batch.Tasks[0], others, batch.Tasks[2]]));

        Assert.Equal([null, others.TaskId, null], made.Select(task => task?.TaskId));
        Assert.Equal(1L, await silos.Database.ScalarAsync("select count(*) from tasks"));
        Assert.All(await CreateAsync(silos, Batch(silos, 2, group: "nightly")), Assert.Null);
        Assert.Equal(0L, await silos.Database.ScalarAsync("select count(*) from task_groups"));
    }

    [Fact]
    public async Task Where_the_database_refuses_one_none_is_made()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = Batch(silos, 3, runAt: Tomorrow);
        var wrong = batch.Tasks[2] with { Command = batch.Tasks[2].Command with { Parameters = "{" } };

        await Assert.ThrowsAsync<RecordRejectedException>(() => CreateAsync(silos, new([batch.Tasks[0], batch.Tasks[1], wrong])));

        Assert.Equal(0L, await silos.Database.ScalarAsync("select count(*) from tasks"));
        Assert.Empty(silos.Relay.Taken);
    }

    [Fact]
    public async Task Ids_are_taken_in_whole_blocks_and_never_twice()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var ids = silos.Grains.GetGrain<ITaskIdBlocks>("tasks");

        var blocks = (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ids.TakeUpTo(1000)))).SelectMany(taken => taken).Append(await ids.Take()).ToList();

        Assert.Equal((8 * 15) + 1, blocks.Count);
        Assert.Equal(blocks.Count * 64, blocks.SelectMany(block => Enumerable.Range(0, block.Count).Select(index => block.First + index)).Distinct().Count());
        Assert.Empty(await ids.TakeUpTo(63));
    }

    private static Task<IReadOnlyList<TaskView?>> CreateAsync(TaskSilos silos, CreateTaskBatch batch) => silos.Grains.GetGrain<ITaskBatchGrain>(0).Create(batch);

    private static CreateTaskBatch Batch(TaskSilos silos, int count, string? command = null, DateTimeOffset? runAt = null, string? group = null) =>
        silos.Batch(count, command, runAt, group);
}
