using System.Text.RegularExpressions;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>Which metrics a query of Prometheus asks, and which of their labels.</summary>
internal static partial class PromQl
{
    public static IEnumerable<string> MetricsOf(string query) => Name().Matches(NoMetric().Replace(query, " ")).Select(name => name.Value).Distinct();

    /// <summary>The labels that a query selects by, each with its metric and the pattern of its value.</summary>
    public static IEnumerable<(string Metric, string Label, string Pattern)> MatchersOf(string query) =>
        from selector in Selector().Matches(query)
        from matcher in Matcher().Matches(selector.Groups["matchers"].Value)
        let value = matcher.Groups["value"].Value
        from pattern in matcher.Groups["operator"].Value.EndsWith('~') ? Alternatives(value) : [Regex.Escape(value)]
        select (selector.Groups["metric"].Value, matcher.Groups["label"].Value, pattern);

    /// <summary>The labels that a query groups by.</summary>
    public static IEnumerable<string> GroupingsOf(string query) =>
        Grouping().Matches(query).SelectMany(grouping => grouping.Groups["labels"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct();

    /// <summary>Each way in which a pattern can be met, as in <c>a(b|c)|d</c>: <c>ab</c>, <c>ac</c> and <c>d</c>.</summary>
    public static IEnumerable<string> Alternatives(string pattern) =>
        from way in OuterBar().Split(pattern)
        let inner = InnerChoice().Match(way)
        from one in inner.Success
            ? inner.Groups["choice"].Value.Split('|').SelectMany(choice => Alternatives(string.Concat(way.AsSpan(0, inner.Index), choice, way.AsSpan(inner.Index + inner.Length))))
            : [way]
        select one;

    /// <summary>Selectors, ranges, texts, and what stands beside <c>by</c>.</summary>
    [GeneratedRegex(@"""[^""]*""|\{[^}]*\}|\[[^\]]*\]|\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex NoMetric();

    /// <summary>A word that is no function, no operator, no number and no variable of a dashboard.</summary>
    [GeneratedRegex(@"(?<![\w:.$])(?!(and|or|unless|bool|offset)\b)[a-zA-Z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?<metric>[a-zA-Z_:][\w:]*)\{(?<matchers>([^}""]|""[^""]*"")*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>\w+)\s*(?<operator>=~|!~|!=|=)\s*""(?<value>[^""]*)""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(by|without|on|ignoring|group_left|group_right)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    /// <summary>A bar outside of parentheses.</summary>
    [GeneratedRegex(@"\|(?![^(]*\))")]
    private static partial Regex OuterBar();

    [GeneratedRegex(@"\((?<choice>[^()|]*\|[^()]*)\)")]
    private static partial Regex InnerChoice();
}
