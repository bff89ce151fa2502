using System.Diagnostics;
using System.Globalization;

namespace Airliner.Embedded;

/// <summary>Processes that are not our children.</summary>
internal static class ProcessTable
{
    private static readonly TimeSpan _pollingInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether the process runs; one that has ended and whose parent has not asked for its exit code does not.</summary>
    public static bool IsAlive(int processId)
    {
        if (OperatingSystem.IsLinux())
            return Read(processId) is { } status && status.State is not ('Z' or 'X');
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether the id is in use, be it by a process that has ended.</summary>
    public static bool Exists(int processId) =>
        OperatingSystem.IsLinux() ? Directory.Exists($"/proc/{processId}") : IsAlive(processId);

    /// <summary>The processes that a process has started. Empty where there is no <c>/proc</c>.</summary>
    public static IReadOnlyList<int> ChildrenOf(int processId) =>
        OperatingSystem.IsLinux()
            ? [.. Directory.EnumerateDirectories("/proc")
                .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id > 0 && Read(id)?.Parent == processId)]
            : [];

    /// <summary>Waits until none of the processes runs. Only a parent is told of an exit, so this asks again and again.</summary>
    public static async Task WaitForExitAsync(IReadOnlyCollection<int> processIds, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_pollingInterval);
        while (processIds.Any(IsAlive))
            await timer.WaitForNextTickAsync(cancellationToken);
    }

    private static (char State, int Parent)? Read(int processId)
    {
        try
        {
            // "pid (name) state ppid ...", where the name may contain anything.
            var line = File.ReadAllText($"/proc/{processId}/stat");
            var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
