using System.Text.RegularExpressions;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>Which metrics a query of Prometheus asks.</summary>
internal static partial class PromQl
{
    public static IEnumerable<string> MetricsOf(string query) => Name().Matches(NoMetric().Replace(query, " ")).Select(name => name.Value).Distinct();

    /// <summary>Selectors, ranges, texts, and what stands beside <c>by</c>.</summary>
    [GeneratedRegex(@"""[^""]*""|\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex NoMetric();

    /// <summary>A word that is no function, no operator, no number and no variable of a dashboard.</summary>
    [GeneratedRegex(@"(?<![\w:.$])(?!(and|or|unless|bool|offset)\b)[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Name();
}
