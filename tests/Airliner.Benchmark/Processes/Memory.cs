using System.Globalization;

namespace Airliner.Benchmark.Processes;

/// <summary>The memory of processes, as Linux tells it.</summary>
internal static class Memory
{
    /// <summary>MiB of these processes together; what they share is counted once.</summary>
    public static double MebibytesOf(IEnumerable<int> processes) => processes.Sum(ProportionalKibibytes) / 1024.0;

    /// <summary>A process and those that it started.</summary>
    public static IReadOnlyList<int> Family(int parent)
    {
        var children = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == parent);
        return [parent, .. children.SelectMany(Family)];
    }

    private static long ProportionalKibibytes(int process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0; // It has ended.
        }
    }

    private static int ParentOf(int process)
    {
        try
        {
            // The name before it, in brackets, may hold anything.
            var text = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(text[(text.LastIndexOf(')') + 1)..].Split(' ')[2], CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
