using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Workers;
using Airliner.Tasks.Silo.Workers;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>Leases between silos and workers, as a gateway passes them on.</summary>
public sealed class WorkerGrainTests(PostgresServer server)
{
    [Fact]
    public async Task A_task_waits_for_a_worker_and_ends_with_what_it_says()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await GrainWorker.CreateAsync(silos);
        var worker = await new GrainWorker(silos, "w").ConnectAsync();

        var lease = await worker.LeaseAsync();
        Assert.Equal((id, 1, GrainWorker.Type, TaskSilos.Owner, """{"n": 1}"""), (lease.TaskId, lease.Attempt, lease.TaskType, lease.UserId, lease.Parameters));
        Assert.Equal(LeaseOutcome.Held, await worker.RenewAsync(lease));
        await silos.Task(id).Progress(new(worker.Owner, 1), 30);
        Assert.Equal((TaskStatuses.Processing, 30), ((await silos.ViewAsync(id)).Status, (await silos.ViewAsync(id)).Progress));

        Assert.Equal(LeaseOutcome.Held, await worker.CompleteAsync(lease));
        Assert.Equal(LeaseOutcome.Held, await worker.CompleteAsync(lease)); // Its first answer may have been lost.
        var task = await silos.EndAsync(id);
        Assert.Equal((TaskStatuses.Completed, """{"by": "worker"}"""), (task.Status, task.Result));
        Assert.Equal(["task_created", "task_started", "task_progressed", "task_completed"], silos.EventsOf(id).Select(raised => raised.Type));
    }

    [Fact]
    public async Task Progress_that_comes_faster_than_each_second_is_kept_in_the_end()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await GrainWorker.CreateAsync(silos);
        var worker = await new GrainWorker(silos, "w").ConnectAsync();
        await worker.LeaseAsync();
        for (var percent = 1; percent <= 50; percent++)
            Assert.Equal(LeaseOutcome.Held, await silos.Task(id).Progress(new(worker.Owner, 1), percent));

        await silos.Relay.WaitForAsync(raised => raised.Type == "task_progressed" && JsonElement.Parse(raised.Payload).GetProperty("progress").GetInt32() == 50, TestContext.Current.CancellationToken);
        Assert.InRange(silos.EventsOf(id).Count(raised => raised.Type == "task_progressed"), 2, 10);
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_goes_to_another_worker_and_late_answers_are_refused()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ($"Tasks:Types:{GrainWorker.Type}:Lease", "00:00:03"));
        var id = await GrainWorker.CreateAsync(silos);
        var lost = await new GrainWorker(silos, "lost", capacity: 1).ConnectAsync();
        var first = await lost.LeaseAsync();
        var other = await new GrainWorker(silos, "other").ConnectAsync();

        var second = await other.LeaseAsync();
        Assert.Equal(id, second.TaskId);
        Assert.True(second.Attempt > first.Attempt);
        Assert.Equal(LeaseOutcome.Lost, await lost.CompleteAsync(first));
        Assert.Equal(LeaseOutcome.Lost, await lost.RenewAsync(first));
        Assert.Equal(LeaseOutcome.Lost, await silos.Task(id).Progress(new(lost.Owner, first.Attempt), 99));
        Assert.Equal(LeaseOutcome.Held, await other.CompleteAsync(second));
        Assert.Equal((TaskStatuses.Completed, second.Attempt), ((await silos.EndAsync(id)).Status, (await silos.ViewAsync(id)).Attempts));
    }

    [Fact]
    public async Task A_result_after_the_task_s_deadline_is_refused_as_often_as_it_is_told()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var worker = new GrainWorker(silos, "w");
        var now = TimeProvider.System.Now();
        var late = (TaskSilos.Pending(10, now.AddMinutes(-1)) with { TaskType = GrainWorker.Type, Deadline = now.AddSeconds(-1) })
            .Started(10, worker.Owner, TimeSpan.FromHours(1), now.AddMinutes(-1)) with
        { Raised = [] };
        await silos.Database.InsertAsync((10, late));

        for (var time = 0; time < 2; time++)
            Assert.Equal(LeaseOutcome.Lost, await silos.Task(10).Finish(new(worker.Owner, 1), new AttemptResult(Result: "{}")));
        var task = await silos.EndAsync(10);
        Assert.Equal((TaskStatuses.Failed, null), (task.Status, task.Result));
        Assert.StartsWith("It did not complete before its deadline, ", task.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_lease_ends_with_the_attempt_s_time_as_a_renewed_one_does()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:HandlerLetsGoWithin", "00:00:02"));
        var worker = await new GrainWorker(silos, "w").ConnectAsync();
        var id = silos.NextId();
        await silos.Create(id, new CreateTask("command", TaskSilos.Owner, GrainWorker.Type, Priorities.Medium, "{}", TimeoutSeconds: 10));
        var lease = await worker.LeaseAsync();
        Assert.Equal(lease.Deadline.AddSeconds(2), lease.Until);
    }

    [Fact]
    public async Task A_worker_that_comes_back_keeps_what_it_names_and_is_given_the_rest_again()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        long[] ids = [await GrainWorker.CreateAsync(silos), await GrainWorker.CreateAsync(silos)];
        var before = await new GrainWorker(silos, "w").ConnectAsync();
        WorkerLease[] leases = [await before.LeaseAsync(), await before.LeaseAsync()];

        var after = await new GrainWorker(silos, "w").ConnectAsync(leases[0].Key);
        Assert.Equal(SessionStatus.TakenOver, (await before.NewsAsync()).Status);
        Assert.Equal(leases[1].Key, (await after.LeaseAsync()).Key);
        Assert.Empty((await after.NewsAsync()).Leases);
        foreach (var lease in leases)
            Assert.Equal(LeaseOutcome.Held, await after.CompleteAsync(lease));
        Assert.All(await Task.WhenAll(ids.Select(silos.EndAsync)), task => Assert.Equal(1, task.Attempts));
    }

    [Fact]
    public async Task A_worker_that_names_as_many_leases_as_it_may_is_taken_to_hold_the_others_too()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await GrainWorker.CreateAsync(silos);
        var before = await new GrainWorker(silos, "w").ConnectAsync();
        var lease = await before.LeaseAsync();

        HeldLease[] others = [.. Enumerable.Range(0, ConnectWorker.MostHeld).Select(index => new HeldLease(1_000_000 + index, 1))];
        var after = await new GrainWorker(silos, "w").ConnectAsync(others);
        await after.DisconnectAsync();

        Assert.Equal(TaskStatuses.Processing, (await silos.ViewAsync(id)).Status);
        Assert.Equal(LeaseOutcome.Held, await after.CompleteAsync(lease));
        Assert.Equal(1, (await silos.EndAsync(id)).Attempts);
    }

    [Fact]
    public async Task A_session_that_its_grain_has_forgotten_connects_again_and_takes_over_from_no_other()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await GrainWorker.CreateAsync(silos);
        var worker = await new GrainWorker(silos, "w").ConnectAsync();
        await worker.LeaseAsync();
        await silos.RecycleAsync(worker.Grain);

        Assert.Equal(SessionStatus.Unknown, (await worker.NewsAsync()).Status);
        var again = new ConnectWorker(worker.Session, [new(GrainWorker.Type, 1)], [], Resumes: true);
        Assert.Equal(ConnectOutcome.Connected, (await worker.Grain.Connect(again)).Outcome);
        Assert.Equal(id, (await worker.LeaseAsync()).TaskId);
        Assert.Equal(ConnectOutcome.TakenOver, (await worker.Grain.Connect(again with { Session = Guid.NewGuid() })).Outcome);
    }

    [Fact]
    public async Task A_session_that_its_grain_has_forgotten_gives_way_to_one_that_comes_while_it_connects_again()
    {
        HeldTypeTable types = null!;
        await using var silos = await TaskSilos.StartAsync(server, silo => silo.Services.AddSingleton<TaskTypeTable>().Replace(
            ServiceDescriptor.Singleton<ITaskTypeTable>(services => types = new HeldTypeTable(services.GetRequiredService<TaskTypeTable>()))));
        var older = await new GrainWorker(silos, "w").ConnectAsync();
        await silos.RecycleAsync(older.Grain);
        var isHeld = types.HoldAsync();
        var again = older.Grain.Connect(new ConnectWorker(older.Session, [new(GrainWorker.Type, 1)], [], Resumes: true));
        await isHeld;
        var newer = await new GrainWorker(silos, "w").ConnectAsync();
        types.LetGo();

        Assert.Equal(ConnectOutcome.TakenOver, (await again).Outcome);
        Assert.Equal(SessionStatus.Open, (await newer.NewsAsync()).Status);
    }

    [Fact]
    public async Task A_cancel_is_told_to_the_worker_and_whatever_it_says_then_ends_the_task_cancelled()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await GrainWorker.CreateAsync(silos);
        var worker = await new GrainWorker(silos, "w").ConnectAsync();
        var lease = await worker.LeaseAsync();

        Assert.Equal(CancelOutcome.Cancelling, (await silos.CancelAsync(id)).Outcome);
        WorkerNews news;
        do
            news = await worker.NewsAsync();
        while (news.Cancelled.Count == 0);
        Assert.Equal([lease.Key], news.Cancelled);
        Assert.Equal(LeaseOutcome.Cancelling, await worker.RenewAsync(lease));
        Assert.Equal(LeaseOutcome.Held, await worker.CompleteAsync(lease));
        Assert.Equal((TaskStatuses.Cancelled, null), ((await silos.EndAsync(id)).Status, (await silos.ViewAsync(id)).Result));
    }

    [Fact]
    public async Task What_a_worker_cannot_take_waits_and_what_has_not_reached_it_when_it_leaves_does_not_count()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ($"Tasks:Types:{GrainWorker.Type}:Lease", "01:00:00"));
        var leaving = await new GrainWorker(silos, "leaving", capacity: 1).ConnectAsync();
        var id = await GrainWorker.CreateAsync(silos, maxAttempts: 1);
        var waiting = await GrainWorker.CreateAsync(silos);
        await silos.RaisedAsync(id, "task_started");
        await leaving.DisconnectAsync();
        await silos.RaisedAsync(id, "task_retried");
        Assert.Equal(TaskStatuses.Pending, (await silos.ViewAsync(waiting)).Status);

        var other = await new GrainWorker(silos, "other").ConnectAsync();
        WorkerLease[] leases = [await other.LeaseAsync(), await other.LeaseAsync()];
        Assert.Equal([(id, 2), (waiting, 1)], leases.Select(lease => (lease.TaskId, lease.Attempt)).Order());
    }

    [Fact]
    public async Task A_worker_whose_session_is_gone_is_given_one_task_and_no_more()
    {
        await using var silos = await TaskSilos.StartAsync(
            server, settings: [($"Tasks:Types:{GrainWorker.Type}:Lease", "01:00:00"), ($"Tasks:Types:{GrainWorker.Type}:Retry:FirstWait", "00:00:00")]);
        var gone = await new GrainWorker(silos, "gone").ConnectAsync();
        await GrainWorker.CreateAsync(silos);
        await gone.LeaseAsync(); // So the queue knows what it offers.
        await silos.RecycleAsync(gone.Grain);
        var handedBack = await GrainWorker.CreateAsync(silos);
        await silos.RaisedAsync(handedBack, "task_retried");
        var waiting = await GrainWorker.CreateAsync(silos);

        var other = await new GrainWorker(silos, "other").ConnectAsync();
        WorkerLease[] leases = [await other.LeaseAsync(), await other.LeaseAsync()];
        Assert.Equal([(handedBack, 2), (waiting, 1)], leases.Select(lease => (lease.TaskId, lease.Attempt)).Order());
    }

    [Fact]
    public async Task A_worker_cannot_take_what_the_silos_run_nor_register_types_without_end()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ("Tasks:TypesPerClient", "2"));
        var worker = new GrainWorker(silos, "w");
        var refused = await worker.TryConnectAsync(["one", TaskSilos.Type]);
        Assert.Equal((ConnectOutcome.RunsInSilo, TaskSilos.Type), (refused.Outcome, refused.TaskType));
        Assert.Empty(await silos.Grains.GetGrain<ITaskTypesGrain>(0).All());

        Assert.Equal(ConnectOutcome.Connected, (await worker.TryConnectAsync(["two", "one"])).Outcome);
        Assert.Equal(ConnectOutcome.Connected, (await worker.TryConnectAsync(["one"])).Outcome);
        var beyond = await worker.TryConnectAsync(["one", "three"]);
        Assert.Equal((ConnectOutcome.TooManyTypes, 2), (beyond.Outcome, beyond.MostTypes));
        Assert.Equal(["one", "two"], await silos.Grains.GetGrain<ITaskTypesGrain>(0).All());
    }

    [Fact]
    public async Task A_queue_that_is_made_anew_keeps_to_what_a_worker_can_take()
    {
        await using var silos = await TaskSilos.StartAsync(server, settings: ($"Tasks:Types:{GrainWorker.Type}:Lease", "01:00:00"));
        var worker = await new GrainWorker(silos, "w", capacity: 1).ConnectAsync();
        await GrainWorker.CreateAsync(silos);
        var first = await worker.LeaseAsync();
        var waiting = await GrainWorker.CreateAsync(silos);
        var queue = silos.Grains.GetGrain<ITaskQueueGrain>(GrainWorker.Type);
        await silos.RecycleAsync(queue);
        await queue.Wake();
        // Each of these waits as long as the next offer takes.
        for (var asked = 0; asked < 2; asked++)
            Assert.Empty((await worker.NewsAsync()).Leases);
        Assert.Equal(TaskStatuses.Pending, (await silos.ViewAsync(waiting)).Status);

        await worker.CompleteAsync(first);
        Assert.Equal(waiting, (await worker.LeaseAsync()).TaskId);
    }

    [Fact]
    public async Task Workers_keep_their_leases_while_a_silo_is_lost()
    {
        await using var silos = await TaskSilos.StartAsync(server, silos: 2, settings: ($"Tasks:Types:{GrainWorker.Type}:Lease", "01:00:00"));
        long[] ids = [.. await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GrainWorker.CreateAsync(silos)))];
        var worker = await new GrainWorker(silos, "w").ConnectAsync();
        var leases = new List<WorkerLease>();
        while (leases.Count < ids.Length)
            leases.Add(await worker.LeaseAsync());
        await silos.KillAsync(silos.Names[^1]);

        foreach (var lease in leases)
            Assert.Equal(LeaseOutcome.Held, await TaskSilos.UntilAnsweredAsync(() => worker.CompleteAsync(lease)));
        foreach (var id in ids)
        {
            await silos.RaisedAsync(id, "task_completed");
            Assert.Equal((TaskStatuses.Completed, 1), await TaskSilos.UntilAnsweredAsync(async () => ((await silos.ViewAsync(id)).Status, (await silos.ViewAsync(id)).Attempts)));
        }
    }
}
