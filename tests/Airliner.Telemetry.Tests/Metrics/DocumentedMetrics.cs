using System.Text.RegularExpressions;
using Airliner.Testing;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>The metrics that docs/operations.md lists, by the names that Prometheus shows them by.</summary>
internal static partial class DocumentedMetrics
{
    private const string Heading = "## Metrics";

    private static readonly (string Name, string[] Row)[] _rows = Read();

    /// <summary>Each name, and its unit as the table has it.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = _rows.ToDictionary(metric => metric.Name, metric => metric.Row[2].Trim());

    /// <summary>Each name, and what else its row has by name: labels, and what stands in them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Words { get; } = _rows.ToDictionary(
        metric => metric.Name,
        IReadOnlySet<string> (metric) => metric.Row.Skip(3).SelectMany(column => Word().Matches(column)).Select(word => word.Groups[1].Value).ToHashSet(StringComparer.Ordinal));

    private static (string Name, string[] Row)[] Read()
    {
        var lines = Repository.Read("docs/operations.md").Split('\n').SkipWhile(line => line != Heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var rows = lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|'));
        return [.. from row in rows from Match name in Name().Matches(row[1]) select (name.Groups[1].Value, row)];
    }

    [GeneratedRegex("`([a-z_:0-9]+)`")]
    private static partial Regex Name();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Word();
}
