namespace Airliner.Host.Embedded;

/// <summary>Keeps a second system off a data folder, also where the database is somebody else's. The operating system ends it with the process.</summary>
internal static class DataFolderLock
{
    private const string Name = "lock";

    /// <exception cref="StartException">Another process has the folder, or it cannot be written.</exception>
    public static FileStream Take(string dataFolder)
    {
        try
        {
            return new FileStream(Path.Combine(dataFolder, Name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
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

    /// <summary>Whether a process has the folder.</summary>
    public static bool IsTaken(string dataFolder)
    {
        try
        {
            // Shared with others that look, so that they do not take one another for a system.
            using var free = new FileStream(Path.Combine(dataFolder, Name), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
