namespace Airliner.Host.Embedded;

/// <summary>Marks a data folder from when a restore begins until it has ended, so that no system runs on half of a backup.</summary>
internal static class UnfinishedRestore
{
    private const string Mark = "restore-unfinished";

    public static void Begin(string dataFolder) => File.WriteAllText(Path.Combine(dataFolder, Mark), "");

    public static void End(string dataFolder) => File.Delete(Path.Combine(dataFolder, Mark));

    /// <exception cref="StartException">A restore into the folder has not ended.</exception>
    public static void RefuseIn(string dataFolder)
    {
        if (File.Exists(Path.Combine(dataFolder, Mark)))
        {
            throw new StartException(
                $"A restore into {dataFolder} did not end. Remove the folder (and the databases, where --postgres named the server), and restore again.");
        }
    }
}
