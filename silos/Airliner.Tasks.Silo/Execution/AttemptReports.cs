using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>Reports an attempt's progress when there is any, and gives signs of life; a lease that is lost or a cancel that was asked for stops the handler.</summary>
/// <param name="holds">How long the lease holds without a sign of life.</param>
internal sealed partial class AttemptReports(
    ITaskGrain grain, long taskId, LeaseClaim lease, TaskExecution execution, RunningAttempt running, TimeSpan holds, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _every = TimeSpan.FromSeconds(1);

    /// <summary>Reports until the attempt has <paramref name="ended"/>.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        var reported = 0;
        var renewed = time.GetTimestamp();
        using var timer = new PeriodicTimer(_every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                if (execution.Progress is var percent && percent > reported)
                    grain.Progress(lease, reported = percent).Ignore();
                if (time.GetElapsedTime(renewed) < holds / 3)
                    continue;
                renewed = time.GetTimestamp();
                if (!await IsStillOursAsync())
                    running.Cancel();
            }
        }
        catch (OperationCanceledException)
        {
            // The handler has ended.
        }
    }

    private async Task<bool> IsStillOursAsync()
    {
        try
        {
            return await grain.Renew(lease) == LeaseOutcome.Held;
        }
        catch (Exception error)
        {
            // The database may be away for a while; the lease outlasts two such tries.
            LogRenewFailed(error, taskId);
            return true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId}: its lease could not be renewed")]
    private partial void LogRenewFailed(Exception error, long taskId);
}
