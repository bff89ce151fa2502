using System.Net;
using System.Text.Json;
using Airliner.EndToEnd.Tests.Processes;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary><c>airliner dashboard</c> beside a system without one, and beside one that has it.</summary>
public sealed class DashboardCommandTests : IAsyncLifetime
{
    private static readonly TimeSpan _startTime = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"airliner-dashboard-{Guid.NewGuid():n}");
    private readonly int _offset = EmbeddedHost.FreeOffset();
    private readonly List<SystemProcess> _processes = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        FailureLog.WriteIfFailed(string.Concat(_processes.Select(process => process.Log)));
        foreach (var process in _processes)
            await process.StopAsync();
        await EmbeddedHost.RemoveAsync(_data);
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    [Fact]
    public async Task A_browser_on_this_machine_sees_the_dashboard_at_the_printed_address_and_nowhere_else()
    {
        var up = Run("up", []);
        await up.LineAsync("ready", _startTime);
        var refused = Run("dashboard", []);
        Assert.Equal(1, await refused.ExitAsync(_patience));
        Assert.Contains("The dashboard is off. Dashboard__Enabled=true turns it on", refused.Output, StringComparison.Ordinal);
        Assert.Equal(0, await up.StopAsync());

        await Run("up", new() { ["Dashboard__Enabled"] = "true" }).LineAsync("ready", _startTime);
        var dashboard = Run("dashboard", []);
        await dashboard.LineAsync("ready", _patience);
        var address = new Uri(await dashboard.LineAsync("http://127.0.0.1:", _patience));
        using var browser = new HttpClient();

        Assert.Contains("<html", await browser.GetStringAsync(address, TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        var counters = JsonElement.Parse(await browser.GetStringAsync(new Uri(address, "DashboardCounters"), TestContext.Current.CancellationToken));
        Assert.Equal(1, counters.GetProperty("totalActiveHostCount").GetInt32());
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(browser, new Uri(address, "GrainState")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(browser, new Uri(address, "/DashboardCounters")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(browser, new Uri(address, "/dashboard/DashboardCounters")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(browser, new UriBuilder(address) { Host = "localhost" }.Uri));
        Assert.Equal(0, await dashboard.StopAsync());
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, Uri address)
    {
        using var answer = await browser.GetAsync(address, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private SystemProcess Run(string command, Dictionary<string, string> settings)
    {
        var process = SystemProcess.Start(Programs.Host, [command, "--data", _data, "--port-offset", $"{_offset}"], settings, command);
        _processes.Add(process);
        return process;
    }
}
