using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.Lifecycle;

/// <summary>Has many failed tasks run again. Key: any. Store: none; asks each task's grain.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("task-retries")]
internal sealed partial class TaskRetriesGrain(IFailedTasks tasks, TimeProvider time, ILogger<TaskRetriesGrain> logger) : Grain, ITaskRetriesGrain
{
    /// <summary>Tasks that are asked at once, whose writes gather in few commits.</summary>
    private const int AtOnce = 100;

    public async Task<RetriedTasks> RetryFailed(Caller caller, TaskFilter filter, int limit, string commandId)
    {
        var failed = await tasks.FindAsync(filter, limit, time.GetUtcNow());
        var retried = 0;
        foreach (var some in failed.Items.Chunk(AtOnce))
        {
            try
            {
                await Task.WhenAll(some.Select(RetryAsync));
            }
            catch (Exception error) when (retried > 0)
            {
                // Where this call fails it is repeated, and finds others in place of those that it has retried: beyond its limit, and uncounted.
                LogStopped(logger, error, retried);
                break;
            }
        }

        return new(retried, Math.Max(0, failed.Total - retried), failed.TotalIsEstimate);

        async Task RetryAsync(long id)
        {
            var result = await GrainFactory.GetGrain<ITaskGrain>(id).Retry(caller, commandId);
            retried += result.Outcome == RetryOutcome.Retried ? 1 : 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed tasks are not all retried; {Retried} are")]
    private static partial void LogStopped(ILogger logger, Exception error, int retried);
}

/// <summary>The failed tasks that can be retried.</summary>
internal interface IFailedTasks
{
    /// <summary>The newest that pass the filter, whatever its status, and have a deadline before them or none.</summary>
    Task<Page<long>> FindAsync(TaskFilter filter, int limit, DateTimeOffset now);
}
