using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Sweeps from time to time what nobody needs any more. Each silo may sweep.</summary>
public abstract partial class PeriodicSweep(TimeSpan interval, TimeProvider time, ILogger log) : BackgroundService
{
    protected TimeProvider Time => time;

    /// <summary>Sweeps all that is there to be swept.</summary>
    /// <returns>How many rows those were.</returns>
    public abstract Task<int> SweepAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TrySweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops; what is left is swept by another.
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The sweep must outlive a database that is away.
            LogNotSwept(log, GetType().Name, error.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Sweep} cannot sweep now: {Error}")]
    private static partial void LogNotSwept(ILogger log, string sweep, string error);
}
