using Airliner.Contracts.Records;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Airliner.Artifacts;

/// <summary>Sweeps the store when the process starts, and from time to time.</summary>
internal sealed partial class UnfinishedUploadSweep(IUnfinishedUploads uploads, TimeProvider time, ILogger<UnfinishedUploadSweep> log) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        do
        {
            try
            {
                // On the pool: a folder of many files must not hold up the start.
                await Task.Run(() => uploads.SweepAsync(stoppingToken), stoppingToken);
            }
            catch (Exception error) when (error is StorageUnavailableException or IOException or UnauthorizedAccessException)
            {
                LogNotSwept(error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "Unfinished uploads cannot be swept now: {Error}")]
    private partial void LogNotSwept(string error);
}
