using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.Lifecycle;

/// <summary>Has many failed tasks run again. Key: any. Store: none; asks each task's grain.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("task-retries")]
internal sealed class TaskRetriesGrain(IFailedTasks tasks, TimeProvider time) : Grain, ITaskRetriesGrain
{
    /// <summary>Tasks that are asked at once, whose writes gather in few commits.</summary>
    private const int AtOnce = 100;

    public async Task<RetriedTasks> RetryFailed(Caller caller, TaskFilter filter, int limit, string commandId)
    {
        var failed = await tasks.FindAsync(filter, limit, time.GetUtcNow());
        var retried = 0;
        foreach (var some in failed.Items.Chunk(AtOnce))
        {
            var results = await Task.WhenAll(some.Select(id => GrainFactory.GetGrain<ITaskGrain>(id).Retry(caller, commandId)));
            retried += results.Count(result => result.Outcome == RetryOutcome.Retried);
        }

        return new(retried, Math.Max(0, failed.Total - retried), failed.TotalIsEstimate);
    }
}

/// <summary>The failed tasks that can be retried.</summary>
internal interface IFailedTasks
{
    /// <summary>The newest that pass the filter, whatever its status, and have a deadline before them or none.</summary>
    Task<Page<long>> FindAsync(TaskFilter filter, int limit, DateTimeOffset now);
}
