using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Testing;
using Xunit;

namespace Airliner.Telemetry.Tests.Metrics;

/// <summary>What the system measures, what is written of it, and what asks for it.</summary>
public sealed partial class MetricsTests(TracedSystem traced)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task What_the_running_system_measures_and_what_is_documented_are_the_same()
    {
        await traced.UseAsync();
        var counters = UncountedCounters.Find();

        var types = await MeasuredAsync(shown => DocumentedMetrics.All.Keys.All(name => shown.ContainsKey(name) || counters.Contains(name)));

        var missing = DocumentedMetrics.All.Keys.Where(name => !types.ContainsKey(name) && !counters.Contains(name)).Select(name => $"{name} is documented and not measured");
        var unknown = types.Keys.Except(DocumentedMetrics.All.Keys).Select(name => $"{name} is measured and not documented");
        string[] wrong = [.. missing, .. unknown];
        Assert.True(wrong.Length == 0, string.Join(", ", wrong));
        Assert.All(types.Where(metric => metric.Key.EndsWith("_seconds", StringComparison.Ordinal)), metric => Assert.Equal("s", DocumentedMetrics.All[metric.Key]));
    }

    [Fact]
    public void Every_metric_that_a_dashboard_asks_for_is_documented()
    {
        var dashboards = Directory.GetFiles(Path.Combine(Repository.Root, "docker/observability/grafana/dashboards"), "*.json");
        Assert.NotEmpty(dashboards);
        Assert.All(dashboards, file => AssertDocumented(QueriesOf(JsonElement.Parse(File.ReadAllText(file)))));
    }

    [Fact]
    public void Every_metric_that_an_alert_asks_for_is_documented() =>
        AssertDocumented(Expression().Matches(Repository.Read("docker/observability/alerts.yml")).Select(match => match.Groups[1].Value));

    [Theory]
    [InlineData("sum by (job, le) (rate(a_b_bucket{c=~\"x.y\"}[5m])) > 2 * max(d:e) and absent(up{job=\"f\"})", "a_b_bucket", "d:e", "up")]
    [InlineData("histogram_quantile(0.99, a_seconds_bucket) or a_count offset 5m", "a_seconds_bucket", "a_count")]
    [InlineData("a_total unless a_total offset $__rate_interval", "a_total")]
    public void Metrics_are_found_in_a_query(string query, params string[] metrics) => Assert.Equal(metrics, PromQl.MetricsOf(query));

    [Fact]
    public async Task Prometheus_takes_its_configuration_and_the_alerts_ring_when_they_should()
    {
        var folder = Path.Combine(Repository.Root, "docker/observability");
        foreach (string[] arguments in (string[][])[["check", "config", "prometheus.yml"], ["test", "rules", "alerts.test.yml"]])
        {
            using var promtool = StartPromtool(folder, arguments);
            var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
            await promtool.WaitForExitAsync();
            Assert.True(promtool.ExitCode == 0, said);
        }
    }

    private static void AssertDocumented(IEnumerable<string> queries)
    {
        var asked = queries.SelectMany(PromQl.MetricsOf).Where(name => name != "up").ToArray();
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.True(
            DocumentedMetrics.All.ContainsKey(name) || DocumentedMetrics.All.ContainsKey(Part().Replace(name, "")), $"docs/operations.md has no metric {name}."));
    }

    private static IEnumerable<string> QueriesOf(JsonElement dashboard) =>
        from panel in dashboard.GetProperty("panels").EnumerateArray()
        where panel.TryGetProperty("targets", out _)
        from target in panel.GetProperty("targets").EnumerateArray()
        select target.GetProperty("expr").GetString()!;

    private static Process StartPromtool(string folder, string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("promtool", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("promtool, of Prometheus, is not on the path.");
            throw;
        }
    }

    /// <summary>What is measured, once it is all that is waited for: some of it is looked at every ten seconds. After a minute and a half, what there is.</summary>
    private async Task<IReadOnlyDictionary<string, string>> MeasuredAsync(Func<IReadOnlyDictionary<string, string>, bool> isAll)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var types = await traced.Running.Tasks.TypesAsync();
            if (isAll(types) || TimeProvider.System.GetElapsedTime(started) > _patience)
                return types;
            await timer.WaitForNextTickAsync();
        }
    }

    [GeneratedRegex("^ +expr: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Expression();

    /// <summary>What a histogram's series have at the end.</summary>
    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Part();
}
