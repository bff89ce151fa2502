using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>Calls that a silo makes before it is ready, in a cluster that may be starting as a whole.</summary>
public static partial class StartupCalls
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes the call, again after a second while no silo or database answers: a machine that starts everything at once is slow, and a start that fails for it
    /// is made again from its beginning. What else goes wrong is thrown.
    /// </summary>
    /// <param name="call">May be repeated.</param>
    public static async Task<T> UntilAnsweredAsync<T>(Func<Task<T>> call, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        while (true)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested && error.Kind() is not (ClusterError.Unexpected or ClusterError.Rejected))
            {
                LogWaiting(log, error.Message);
            }

            await Task.Delay(_pause, time, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The start waits for an answer: {Reason}")]
    private static partial void LogWaiting(ILogger log, string reason);
}
