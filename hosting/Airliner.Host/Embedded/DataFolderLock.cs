namespace Airliner.Host.Embedded;

/// <summary>Keeps a second system off a data folder, also where the database is somebody else's. The operating system ends it with the process.</summary>
internal static class DataFolderLock
{
    /// <exception cref="StartException">Another process has the folder, or it cannot be written.</exception>
    public static FileStream Take(string dataFolder)
    {
        try
        {
            return new FileStream(Path.Combine(dataFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StartException($"The data folder {dataFolder} cannot be written: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new StartException(
                $"The data folder {dataFolder} is in use by another running system. Stop that one ('./airliner down'), or give this one a folder of its own (--data).", error);
        }
    }
}
