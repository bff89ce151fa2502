using Airliner.Contracts.Tasks;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.Workers;

/// <summary>
/// A worker outside. It remembers its session and nothing else: leases are the tasks' own, and after a silo is lost the worker's gateway connects again.
/// Key: client id, <c>/</c>, worker id. Store: none; reads the leases from the table of tasks.
/// </summary>
[Reentrant]
[GrainType("worker")]
internal sealed class WorkerGrain(ITaskRunner runner, ITaskTypeTable types, ILeaseTable leases, TaskLimits limits, TimeProvider time) : Grain, IWorkerGrain
{
    /// <summary>How long the gateway waits for news: well below the time in which a call has to be answered.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _offerEvery = TimeSpan.FromSeconds(2);

    /// <summary>News that follow others are told after this time, all at once; those that come after a pause are told at once.</summary>
    private static readonly TimeSpan _gathers = TimeSpan.FromMilliseconds(5);

    private WorkerSession? _session;
    private long _toldAt;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(OfferAsync, new GrainTimerCreationOptions(_offerEvery, _offerEvery) { Interleave = true });
        return Task.CompletedTask;
    }

    public async Task<WorkerConnection> Connect(ConnectWorker command)
    {
        if (command.Types.FirstOrDefault(type => runner.Handles(type.TaskType)) is { } ours)
            return new(ConnectOutcome.RunsInSilo, TaskType: ours.TaskType);
        if (IsTakenOver())
            return new(ConnectOutcome.TakenOver);
        List<string> names = [.. command.Types.Select(type => type.TaskType)];
        if (!await types.RegisterAsync(Key.Split('/')[0], names, limits.TypesPerClient))
            return new(ConnectOutcome.TooManyTypes, MostTypes: limits.TypesPerClient);
        // Another may have come while the types were registered.
        if (IsTakenOver())
            return new(ConnectOutcome.TakenOver);

        // Before the leases are read, so that one which is given meanwhile is seen here or there.
        _session?.TakeOver();
        var session = _session = new WorkerSession(command.Session, command.Types, time.GetUtcNow());
        try
        {
            // Who names as many as it may is taken to hold the others, too: one that nobody runs ends with its lease.
            if (command.Held.Count < ConnectWorker.MostHeld)
                await GiveAgainAsync(session, names, command.Held.ToHashSet());
        }
        catch
        {
            // A repeat of this call, which has the same id, may have opened another meanwhile.
            if (ReferenceEquals(_session, session))
                await Disconnect(command.Session, 0);
            throw;
        }

        if (session.IsTakenOver)
            return new(ConnectOutcome.TakenOver);
        Offer(session);
        return new(ConnectOutcome.Connected, names.Min(type => limits.Of(type).Lease));

        // One that was forgotten takes over from no other.
        bool IsTakenOver() => command.Resumes && _session is { } other && other.Id != command.Session;
    }

    public async Task<WorkerNews> Next(Guid session, long seen)
    {
        if (_session is not { } current)
            return new(SessionStatus.Unknown, 0, [], []);
        if (current.Id != session)
            return new(SessionStatus.TakenOver, 0, [], []);
        current.Hear(seen, time.GetUtcNow());
        await current.News.WaitAsync(_patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        // What has just been told is followed by more: told one by one, each lease would cost its own way through gateway and stream.
        if (time.GetElapsedTime(_toldAt) is var ago && ago < _gathers)
            await Task.Delay(_gathers - ago, time);
        _toldAt = time.GetTimestamp();
        return current.After(seen, time.GetUtcNow());
    }

    public Task Give(WorkerLease lease)
    {
        if (_session?.Give(lease, time.GetUtcNow()) == true)
            return Task.CompletedTask;
        // The queue trusts an offer for a while after nobody stands behind it, and would give the task here again.
        if (_session?.IsOpen(time.GetUtcNow()) != true)
            GrainFactory.GetGrain<ITaskQueueGrain>(lease.TaskType).Offer(new WorkerOffer(Key, 0)).Ignore();
        HandBack([lease]);
        return Task.CompletedTask;
    }

    public Task Cancel(long taskId, int attempt)
    {
        _session?.Cancel(new(taskId, attempt));
        return Task.CompletedTask;
    }

    public Task Drain(Guid session)
    {
        if (_session is { } current && current.Id == session)
        {
            current.Drain();
            Offer(current);
        }

        return Task.CompletedTask;
    }

    public Task Disconnect(Guid session, long seen)
    {
        if (_session is not { } current || current.Id != session)
            return Task.CompletedTask;
        var undelivered = current.End(seen);
        Offer(current);
        _session = null;
        HandBack(undelivered);
        return Task.CompletedTask;
    }

    private string Key => this.GetPrimaryKeyString();

    /// <summary>Puts on their way the leases that the worker was given and does not hold.</summary>
    private async Task GiveAgainAsync(WorkerSession session, IReadOnlyList<string> types, HashSet<HeldLease> held)
    {
        foreach (var lease in await leases.FindAsync(LeaseNames.OfWorker(Key), types))
        {
            if (!held.Contains(lease.Key))
                session.Give(lease, time.GetUtcNow());
        }
    }

    private Task OfferAsync(CancellationToken cancellationToken)
    {
        if (_session is not { } session)
            return Task.CompletedTask;
        Offer(session);
        if (!session.IsOpen(time.GetUtcNow()))
            HandBack(session.TakeUntold());
        return Task.CompletedTask;
    }

    /// <summary>Tells the queues what the worker can take. Unawaited, and repeated.</summary>
    private void Offer(WorkerSession session)
    {
        foreach (var type in session.Types)
            GrainFactory.GetGrain<ITaskQueueGrain>(type.TaskType).Offer(new WorkerOffer(Key, session.CapacityOf(type, time.GetUtcNow()))).Ignore();
    }

    /// <summary>Gives back what nobody runs. Unawaited: a task that does not hear of it waits for its lease to run out.</summary>
    private void HandBack(IEnumerable<WorkerLease> undelivered)
    {
        foreach (var lease in undelivered)
            GrainFactory.GetGrain<ITaskGrain>(lease.TaskId).Finish(new(LeaseNames.OfWorker(Key), lease.Attempt), new AttemptResult(Interrupted: true)).Ignore();
    }
}
