using System.Globalization;

namespace Airliner.Embedded;

/// <summary>
/// What a running server says of itself in <c>postmaster.pid</c>. The file outlives a server that was killed, and its
/// process id may by then belong to any other program.
/// </summary>
internal sealed record PostmasterFile(int ProcessId, int Port, string Content)
{
    public static PostmasterFile? Read(string dataFolder)
    {
        try
        {
            var content = File.ReadAllText(Path.Combine(dataFolder, "postmaster.pid"));
            var lines = content.Split('\n');
            return lines.Length > 3
                && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var pid)
                && int.TryParse(lines[3], CultureInfo.InvariantCulture, out var port)
                    ? new PostmasterFile(pid, port, content)
                    : null;
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether the process of that id is there and is the server that wrote this very file.</summary>
    public bool IsRunning()
    {
        if (!ProcessTable.IsAlive(ProcessId))
            return false;
        if (!OperatingSystem.IsLinux())
            return true;
        try
        {
            // A server's working folder is its data folder. The last line, its status, changes while it runs.
            return SameServer(File.ReadAllText($"/proc/{ProcessId}/cwd/postmaster.pid"));
        }
        catch (Exception other) when (other is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private bool SameServer(string content) =>
        content.Split('\n').Take(4).SequenceEqual(Content.Split('\n').Take(4));
}
