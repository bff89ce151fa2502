using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Compose.Tests.Engine;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>Prometheus beside the system, without what the profile of Grafana adds.</summary>
public sealed partial class ObservabilityTests(ComposedSystem system) : IAsyncLifetime
{
    private const string Overlay = "docker-compose.observability.yml";
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>What there is nothing of while all is well: a counter is there from its first count on, and without TLS there is no certificate.</summary>
    private static readonly HashSet<string> _onlyOfTrouble =
    [
        "airliner_events_rejected_total", "airliner_grpc_failures_total", "airliner_requests_limited_total", "airliner_tls_certificate_remaining_seconds",
        "orleans_app_requests_timedout_total",
    ];

    private readonly HttpClient _prometheus = new() { BaseAddress = new Uri("http://127.0.0.1:9090/api/v1/") };

    public async ValueTask InitializeAsync()
    {
        await system.NeedsImageOfAsync(Overlay, "prometheus");
        await system.UpAsync(Overlay);
    }

    public async ValueTask DisposeAsync()
    {
        _prometheus.Dispose();
        // Its volume is known to its own file alone.
        await system.RemoveAsync();
    }

    [Fact]
    public async Task Prometheus_finds_every_process_and_its_alerts_find_what_they_ask_for()
    {
        // Something of everything that is counted.
        await Demo.RunAsync(system);

        var all = string.Join(", ", ComposedSystem.Silos.Concat(ComposedSystem.Gateways).Select(job => $"{job} up").Order(StringComparer.Ordinal));
        await Eventually.Get(TargetsAsync, targets => targets == all, _patience, "it reaches each process");

        var rules = await Eventually.Get(RulesAsync, rules => rules.All(rule => rule.Health != "unknown"), _patience, "it has tried every rule");
        Assert.Equal(Alert().Matches(Repository.Read("docker/observability/alerts.yml")).Select(alert => alert.Groups[1].Value), rules.Select(rule => rule.Name));
        Assert.All(rules, rule => Assert.True(rule.Health == "ok", $"{rule}"));

        var missing = rules.SelectMany(rule => SelectorsOf(rule.Query)).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(missing);
        await Eventually.Get(() => StillMissingAsync(missing), selectors => selectors.Length == 0, _patience, "there is something of all that the rules ask");
    }

    private async Task<string> TargetsAsync()
    {
        try
        {
            var targets = (await AskAsync("targets?state=active")).GetProperty("activeTargets").EnumerateArray();
            return string.Join(", ", targets
                .Select(target => $"{target.GetProperty("labels").GetProperty("job").GetString()} {target.GetProperty("health").GetString()}").Order(StringComparer.Ordinal));
        }
        catch (HttpRequestException notYet)
        {
            return notYet.Message;
        }
    }

    private async Task<Rule[]> RulesAsync() =>
    [
        .. from @group in (await AskAsync("rules?type=alert")).GetProperty("groups").EnumerateArray()
           from rule in @group.GetProperty("rules").EnumerateArray()
           select new Rule(rule.GetProperty("name").GetString()!, rule.GetProperty("health").GetString()!, rule.GetProperty("query").GetString()!),
    ];

    /// <summary>Takes those away of which there are series, and names the others.</summary>
    private async Task<string> StillMissingAsync(HashSet<string> selectors)
    {
        foreach (var selector in selectors.ToArray())
        {
            if ((await AskAsync($"query?query={Uri.EscapeDataString($"count({selector})")}")).GetProperty("result").GetArrayLength() > 0)
                selectors.Remove(selector);
        }

        return string.Join(", ", selectors);
    }

    /// <summary>The metrics that a query asks, each with the labels that it looks at and with any value in them: what it looks for is trouble.</summary>
    private static IEnumerable<string> SelectorsOf(string query) =>
        from selector in Selector().Matches(NoSelector().Replace(Matcher().Replace(query, "$1!=\"\""), " "))
        where !_onlyOfTrouble.Contains(selector.Groups["metric"].Value)
        select selector.Value;

    private async Task<JsonElement> AskAsync(string what)
    {
        using var answer = await _prometheus.GetAsync(new Uri(what, UriKind.Relative));
        return (await answer.JsonAsync()).GetProperty("data");
    }

    private sealed record Rule(string Name, string Health, string Query);

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"(\w+)\s*(=~|!~|!=|=)\s*""[^""]*""")]
    private static partial Regex Matcher();

    /// <summary>Ranges, and what stands beside <c>by</c>.</summary>
    [GeneratedRegex(@"\[[^\]]*\]|\b(by|without|on|ignoring)\s*\([^)]*\)")]
    private static partial Regex NoSelector();

    /// <summary>A word that is no function, no operator and no number, and its labels.</summary>
    [GeneratedRegex(@"(?<![\w:.])(?!(and|or|unless|bool|offset)\b)(?<metric>[a-zA-Z_:][\w:]*)(?![\w:]|\s*\()(\{[^}]*\})?")]
    private static partial Regex Selector();
}
