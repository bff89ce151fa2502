using Airliner.Artifacts;
using Airliner.Contracts.Records;

namespace Airliner.Tasks.Gateway;

/// <summary>Deletes bytes of which no file is known any more.</summary>
internal static partial class UnwantedBytes
{
    /// <summary>Deletes them, or leaves them to the task silos' sweep where the store is away: what the client asked for is done without them.</summary>
    public static async Task TryDeleteAsync(this IArtifactStore artifacts, string key, ILoggerFactory logs)
    {
        try
        {
            await artifacts.DeleteAsync(key, CancellationToken.None);
        }
        catch (Exception error) when (error is StorageUnavailableException or IOException)
        {
            LogLeft(logs.CreateLogger(typeof(UnwantedBytes)), error, key);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The artifact {Key} could not be deleted; it is swept later")]
    private static partial void LogLeft(ILogger log, Exception error, string key);
}
