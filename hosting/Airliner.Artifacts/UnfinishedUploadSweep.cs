using Microsoft.Extensions.Hosting;

namespace Airliner.Artifacts;

/// <summary>Sweeps the folder once, when the process starts.</summary>
internal sealed class UnfinishedUploadSweep(FolderArtifactStore store) : BackgroundService
{
    // On the pool: a folder of many files must not hold up the start.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(store.Sweep, stoppingToken);
}
