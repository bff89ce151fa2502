using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Workers;

/// <summary>Finds who takes a lease, or has it.</summary>
internal sealed class LeaseOwners(ITaskRunner runner, IGrainFactory grains)
{
    /// <summary>Who is to run what the queue has reserved a slot for.</summary>
    public ILeaseOwner For(TaskStart start) => start.Worker is { } worker ? new LeasingWorker(worker, grains) : runner;

    /// <summary>Who has the lease. Where that is another silo it is this one's runner, to which the task is unknown.</summary>
    public ILeaseOwner Named(string owner) => LeaseNames.WorkerOf(owner) is { } worker ? new LeasingWorker(worker, grains) : runner;

    /// <summary>Whether this silo has the lease, and runs what it is of.</summary>
    public bool RunsHere(string owner, long taskId, int attempt) => owner == runner.Name && runner.Runs(taskId, attempt);
}

/// <summary>A worker outside. Nothing is awaited: a lease that does not reach it runs out.</summary>
/// <param name="key">The key of its grain.</param>
internal sealed class LeasingWorker(string key, IGrainFactory grains) : ILeaseOwner
{
    public string Name => LeaseNames.OfWorker(key);

    /// <summary>It said so to the queue. Where it has gone since, its grain hands the lease back.</summary>
    public bool CanRun(string taskType) => true;

    public void Run(TaskAttempt attempt) => grains.GetGrain<IWorkerGrain>(key).Give(LeaseOf(attempt)).Ignore();

    public void Cancel(long taskId, int attempt) => grains.GetGrain<IWorkerGrain>(key).Cancel(taskId, attempt).Ignore();

    public static WorkerLease LeaseOf(TaskAttempt attempt) => new(
        attempt.TaskId, attempt.Number, attempt.TaskType, attempt.UserId, attempt.Parameters, attempt.Deadline, attempt.LeaseUntil);
}
