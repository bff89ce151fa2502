using System.Text.RegularExpressions;
using Airliner.Testing;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>The metrics that docs/operations.md lists, by the names that Prometheus shows them by.</summary>
internal static partial class DocumentedMetrics
{
    private const string Heading = "## Metrics";

    /// <summary>Each name, and its unit as the table has it.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Read();

    private static Dictionary<string, string> Read()
    {
        var lines = Repository.Read("docs/operations.md").Split('\n').SkipWhile(line => line != Heading).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var rows = lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|'));
        return (from row in rows from Match name in Name().Matches(row[1]) select (Name: name.Groups[1].Value, Unit: row[2].Trim())).ToDictionary(metric => metric.Name, metric => metric.Unit);
    }

    [GeneratedRegex("`([a-z_:0-9]+)`")]
    private static partial Regex Name();
}
