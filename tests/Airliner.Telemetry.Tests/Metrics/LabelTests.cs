using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>The labels that alerts and dashboards ask for, and the values in them, against what the running system has: a rule that asks for any other never rings.</summary>
public sealed partial class LabelTests(TracedSystem traced)
{
    /// <summary>Those that Prometheus adds by itself.</summary>
    private static readonly string[] _ofPrometheus = ["job", "instance"];

    private static readonly IReadOnlySet<string> _texts = OurTexts.Find();

    [Fact]
    public async Task Every_label_that_a_query_asks_for_is_one_of_its_metric()
    {
        var labels = await LabelsAsync();

        string[] wrong =
        [
            .. from query in Query.All
               from matcher in PromQl.MatchersOf(query.Expression)
               where !labels(matcher.Metric).Contains(matcher.Label)
               select $"{query.Name}: {matcher.Metric} has no label {matcher.Label}",
            .. from query in Query.All
               from label in PromQl.GroupingsOf(query.Expression)
               where !PromQl.MetricsOf(query.Expression).Any(metric => labels(metric).Contains(label))
               select $"{query.Name}: there is no label {label} to group by",
        ];

        Assert.True(wrong.Length == 0, string.Join(", ", wrong));
    }

    [Fact]
    public async Task Every_label_that_is_shown_to_somebody_is_left_in_the_result()
    {
        var labels = await LabelsAsync();

        string[] wrong =
        [
            .. from query in Query.All
               let left = PromQl.GroupingsOf(query.Expression).ToArray()
               from label in query.Shown
               where left.Length > 0 ? !left.Contains(label) : !PromQl.MetricsOf(query.Expression).Any(metric => labels(metric).Contains(label))
               select $"{query.Name}: {label}",
        ];

        Assert.True(wrong.Length == 0, string.Join(", ", wrong));
    }

    [Fact]
    public async Task Every_value_that_a_query_asks_for_can_be_there()
    {
        await SeriesAsync();

        // A consumer group is seen once it has its partitions.
        await Eventually.Get(
            async () => string.Join(", ", NeverThere(await traced.Running.Tasks.SeriesAsync())), wrong => wrong.Length == 0, "all values that are asked for can be there");
    }

    [Fact]
    public void Labels_are_found_in_a_query()
    {
        const string query = "sum by (job, le) (rate(a_total{b=~\"c|d(e|f)[.]g\", h!=\"i.j\"}[5m])) > on (k) m{}";

        Assert.Equal([("a_total", "b", "c"), ("a_total", "b", "de[.]g"), ("a_total", "b", "df[.]g"), ("a_total", "h", "i\\.j")], PromQl.MatchersOf(query));
        Assert.Equal(["job", "le", "k"], PromQl.GroupingsOf(query));
    }

    /// <summary>The labels of a metric: those that it has been seen with; of a counter that has counted nothing yet, those that its documentation names.</summary>
    private async Task<Func<string, IReadOnlySet<string>>> LabelsAsync()
    {
        var series = await SeriesAsync();
        return metric => series[metric].SelectMany(one => one.Keys).Concat(series.Contains(metric) ? [] : Documented(metric)).Concat(_ofPrometheus).ToHashSet(StringComparer.Ordinal);
    }

    private IEnumerable<string> NeverThere(ILookup<string, IReadOnlyDictionary<string, string>> series) =>
        from query in Query.All
        from matcher in PromQl.MatchersOf(query.Expression)
        where !ValuesOf(matcher.Metric, matcher.Label, series).Any(value => Regex.IsMatch(value, $"^(?:{matcher.Pattern})$"))
        select $"{query.Name}: {matcher.Label} of {matcher.Metric} is never {matcher.Pattern}";

    private IEnumerable<string> ValuesOf(string metric, string label, ILookup<string, IReadOnlyDictionary<string, string>> series) => label switch
    {
        "job" => Job().Matches(Repository.Read("docker/observability/prometheus.yml")).Select(job => job.Groups[1].Value),
        "http_route" => traced.Running.Gateways.SelectMany(gateway => gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints)
            .OfType<RouteEndpoint>().Select(route => $"/{route.RoutePattern.RawText!.TrimStart('/')}"),
        "http_response_status_code" => Enumerable.Range(200, 400).Select(status => $"{status}"),
        // What it has been seen with, or is said to have by the documentation and has in the code.
        _ => series[metric].Where(one => one.ContainsKey(label)).Select(one => one[label]).Concat(Documented(metric).Where(_texts.Contains)),
    };

    private static IEnumerable<string> Documented(string metric) => DocumentedMetrics.Words.GetValueOrDefault(metric) ?? (IEnumerable<string>)[];

    /// <summary>What the system has, once all that the queries ask for is there, but for what has counted nothing.</summary>
    private async Task<ILookup<string, IReadOnlyDictionary<string, string>>> SeriesAsync()
    {
        await traced.UseAsync();
        var counters = UncountedCounters.Find();
        string[] asked = [.. Query.All.SelectMany(query => PromQl.MetricsOf(query.Expression)).Where(metric => metric != "up" && !counters.Contains(metric)).Distinct()];
        return await Eventually.Get(traced.Running.Tasks.SeriesAsync, series => asked.All(series.Contains), "all that is asked for is measured");
    }

    [GeneratedRegex("^ +- ([a-z]+-(?:silo|service))$", RegexOptions.Multiline)]
    private static partial Regex Job();

    /// <summary>What an alert or a panel asks, and which labels of the result it shows.</summary>
    private sealed partial record Query(string Name, string Expression, IReadOnlyList<string> Shown)
    {
        public static IReadOnlyList<Query> All { get; } = [.. Alerts(), .. Panels()];

        private static IEnumerable<Query> Alerts() =>
            from alert in Alert().Matches(Repository.Read("docker/observability/alerts.yml"))
            let summary = ShownByAlert().Matches(alert.Groups["summary"].Value)
            select new Query(alert.Groups["name"].Value, alert.Groups["expression"].Value, [.. summary.Select(shown => shown.Groups[1].Value)]);

        private static IEnumerable<Query> Panels() =>
            from file in Repository.Files("docker/observability/grafana/dashboards", ".json")
            from panel in JsonElement.Parse(Repository.Read(file)).GetProperty("panels").EnumerateArray()
            where panel.TryGetProperty("targets", out _)
            from target in panel.GetProperty("targets").EnumerateArray()
            let legend = target.TryGetProperty("legendFormat", out var format) ? format.GetString()! : ""
            select new Query(panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!, [.. ShownByPanel().Matches(legend).Select(shown => shown.Groups[1].Value)]);

        [GeneratedRegex(@"- alert: (?<name>\w+)\n(?:(?! +- alert:).*\n)*? +expr: (?<expression>.+)\n(?:(?! +- alert:).*\n)*? +annotations: (?<summary>.+)")]
        private static partial Regex Alert();

        [GeneratedRegex(@"\$labels\.(\w+)")]
        private static partial Regex ShownByAlert();

        [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
        private static partial Regex ShownByPanel();
    }
}
