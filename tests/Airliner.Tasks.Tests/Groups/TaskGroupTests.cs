using System.Text.Json;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Silo.Groups;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Groups;

/// <summary>Groups of tasks, from their batch to their end.</summary>
public sealed class TaskGroupTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static DateTimeOffset Tomorrow => TimeProvider.System.GetUtcNow().AddDays(1);

    [Fact]
    public async Task A_group_counts_what_is_left_and_says_once_that_all_have_ended()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = silos.Batch(4, group: "nightly");
        silos.Script.Run = (execution, _) => execution.TaskId == batch.Tasks[1].TaskId ? throw new TaskInputException("No such column.") : Task.CompletedTask;
        var last = batch.Tasks[3] with { Command = batch.Tasks[3].Command with { RunAt = Tomorrow } };
        await CreateAsync(silos, batch with { Tasks = [.. batch.Tasks.Take(3), last] });
        foreach (var task in batch.Tasks.Take(3))
            await silos.EndAsync(task.TaskId);
        var open = await GroupAsync(silos, batch);

        await silos.CancelAsync(last.TaskId);
        var raised = await CompletedAsync(silos, batch);
        foreach (var _ in Enumerable.Range(0, 3))
            await Group(silos, batch).MemberEnded();
        var complete = await GroupAsync(silos, batch);

        Assert.Equal(("nightly", TaskSilos.Owner, 4, 1, null), (open.Name, open.UserId, open.Total, open.Left, open.CompletedAt));
        Assert.Equal((4, 0, 2, 1, 1), (complete.Total, complete.Left, complete.Completed, complete.Failed, complete.Cancelled));
        Assert.NotNull(complete.CompletedAt);
        var value = JsonElement.Parse(raised.Payload);
        Assert.Equal((batch.Group!.GroupId, batch.Group.GroupId, "task-events"), (value.GetProperty("groupId").GetString(), raised.Key, raised.Topic));
        Assert.Equal(
            (TaskSilos.Owner, 4, 2, 1, 1),
            (value.GetProperty("userId").GetInt64(), value.GetProperty("total").GetInt32(), value.GetProperty("completed").GetInt32(),
                value.GetProperty("failed").GetInt32(), value.GetProperty("cancelled").GetInt32()));
        Assert.Single(silos.Relay.Taken, taken => taken.Type == "task_group_completed");
        Assert.Equal(batch.Group.GroupId, (await silos.ViewAsync(last.TaskId)).GroupId);
    }

    [Fact]
    public async Task A_group_whose_last_hint_was_lost_is_found()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:Groups:SweepInterval", "00:00:00.200"));
        var batch = silos.Batch(2, runAt: Tomorrow, group: "nightly");
        await CreateAsync(silos, batch);

        // Behind the grains' backs, as where a silo is lost between the commit and the hint.
        await silos.Database.ExecuteAsync("update tasks set status = 'completed', version = version + 1");

        await CompletedAsync(silos, batch);
        Assert.Equal((2, 0, 2), ((await GroupAsync(silos, batch)).Total, (await GroupAsync(silos, batch)).Left, (await GroupAsync(silos, batch)).Completed));
    }

    [Fact]
    public async Task Of_two_activations_that_count_at_once_one_says_it()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = silos.Batch(1, runAt: Tomorrow, group: "nightly");
        await CreateAsync(silos, batch);
        await GroupAsync(silos, batch);
        // As another activation leaves it, of which this one has not heard.
        await silos.Database.ExecuteAsync("update tasks set status = 'completed', version = version + 1");
        await silos.Database.ExecuteAsync(
            "update task_groups set version = version + 1, event_sequence = 1, completed_at = now(), total = 1, completed = 1");

        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() => Group(silos, batch).Get());

        Assert.NotNull((await GroupAsync(silos, batch)).CompletedAt);
        Assert.DoesNotContain(silos.Relay.Taken, raised => raised.Type == "task_group_completed");
    }

    [Fact]
    public async Task What_a_user_called_a_group_is_exported_and_erased_and_the_group_still_ends()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var batch = silos.Batch(2, runAt: Tomorrow, group: "my secret plan");
        await CreateAsync(silos, batch);
        var data = silos.Grains.GetGrain<ITasksPersonalData>(0);
        Assert.Contains("my secret plan", await data.Export(TaskSilos.Owner), StringComparison.Ordinal);

        await data.Erase(TaskSilos.Owner);
        await data.Erase(TaskSilos.Owner);

        await CompletedAsync(silos, batch);
        var group = await GroupAsync(silos, batch);
        Assert.Equal(("", 2, 2), (group.Name, group.Total, group.Cancelled));
        Assert.DoesNotContain("my secret plan", await data.Export(TaskSilos.Owner), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_that_ended_long_ago_or_never_got_a_task_are_removed()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var kept = silos.Batch(1, runAt: Tomorrow, group: "with a task");
        await CreateAsync(silos, kept);
        await silos.Database.ExecuteAsync(
            """
            insert into task_groups (id, version, event_sequence, name, user_id, created_at, completed_at, total, completed, failed, cancelled) values
                ('old', 2, 1, '', 1001, now() - interval '91 days', now() - interval '91 days', 1, 1, 0, 0),
                ('recent', 2, 1, '', 1001, now() - interval '91 days', now() - interval '89 days', 1, 1, 0, 0),
                ('empty', 1, 0, '', 1001, now() - interval '61 minutes', null, 0, 0, 0, 0),
                ('new', 1, 0, '', 1001, now(), null, 0, 0, 0, 0)
            """);
        await silos.Database.ExecuteAsync($"update task_groups set created_at = now() - interval '1 year' where id = '{kept.Group!.GroupId}'");

        var sweep = new TaskGroupSweep(
            silos.Database.Source, silos.Grains, Options.Create(new TaskGroupOptions()), TimeProvider.System, NullLogger<TaskGroupSweep>.Instance);
        Assert.Equal(2, await sweep.SweepAsync(Token));

        Assert.Equal(
            new[] { kept.Group.GroupId, "new", "recent" }.Order(StringComparer.Ordinal),
            ((string[])(await silos.Database.ScalarAsync("select array_agg(id) from task_groups"))!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_group_that_nobody_has_made_is_none()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        Assert.Null(await silos.Grains.GetGrain<ITaskGroupGrain>(TaskGroupIds.Of("nothing")).Get());
    }

    private static async Task CreateAsync(TaskSilos silos, CreateTaskBatch batch) => await silos.Grains.GetGrain<ITaskBatchGrain>(0).Create(batch);

    private static ITaskGroupGrain Group(TaskSilos silos, CreateTaskBatch batch) => silos.Grains.GetGrain<ITaskGroupGrain>(batch.Group!.GroupId);

    private static async Task<TaskGroupView> GroupAsync(TaskSilos silos, CreateTaskBatch batch) => Assert.IsType<TaskGroupView>(await Group(silos, batch).Get());

    private static Task<OutboxEvent> CompletedAsync(TaskSilos silos, CreateTaskBatch batch) =>
        silos.Relay.WaitForAsync(raised => raised.Type == "task_group_completed" && raised.Subject == $"task_groups/{batch.Group!.GroupId}", Token);
}
