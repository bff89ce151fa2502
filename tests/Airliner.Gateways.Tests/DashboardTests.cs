using System.Net;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>A system that was told to have the Orleans Dashboard.</summary>
public sealed class DashboardSystem() : RunningSystem([new("Dashboard:Enabled", "true")]);

/// <summary>The Orleans Dashboard where it is on, and where it is off.</summary>
/// <param name="system">Without it, as every system is that was not told.</param>
public sealed class DashboardTests(RunningSystem system, DashboardSystem watched) : IClassFixture<DashboardSystem>
{
    /// <summary>A page, what it loads, and what it asks for.</summary>
    public static TheoryData<string> Paths { get; } = ["/dashboard/", "/dashboard/index.min.js", "/dashboard/DashboardCounters", "/dashboard/GrainState"];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Where_it_is_off_there_is_nothing_there_for_anybody(string path)
    {
        var user = await system.NewUserAsync();
        foreach (var token in await CallerTokens.OfEachKindAsync(system, user))
        {
            using var answer = await system.Auth.SendAsync(HttpMethod.Get, path, token);
            await answer.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        }
    }

    [Fact]
    public void Where_it_is_off_no_call_passes_through_it()
    {
        Assert.DoesNotContain(FiltersOf(system), IsOfDashboard);
        Assert.Contains(FiltersOf(watched), IsOfDashboard);

        static IEnumerable<object> FiltersOf(RunningSystem system) => system.Silo.GetServices<IIncomingGrainCallFilter>();
        static bool IsOfDashboard(object filter) => filter.GetType().Namespace!.StartsWith("Orleans.Dashboard", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Administrators_alone_get_to_it(string path)
    {
        var user = await watched.NewUserAsync();
        var tokens = await CallerTokens.OfEachKindAsync(watched, user);
        foreach (var kind in Enum.GetValues<CallerKind>().Except([CallerKind.Admin]))
        {
            using var answer = await watched.Auth.SendAsync(HttpMethod.Get, path, tokens[(int)kind]);
            var isAnonymous = kind == CallerKind.Anonymous;
            await answer.ProblemAsync(isAnonymous ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden, isAnonymous ? "UNAUTHORIZED" : "FORBIDDEN");
        }
    }

    [Fact]
    public async Task An_administrator_sees_the_page_and_what_it_shows()
    {
        var token = await watched.AdminTokenAsync();
        using var page = await watched.Auth.SendAsync(HttpMethod.Get, "/dashboard/", token);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        using var script = await watched.Auth.SendAsync(HttpMethod.Get, "/dashboard/index.min.js", token);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);

        using var answer = await watched.Auth.SendAsync(HttpMethod.Get, "/dashboard/DashboardCounters", token);
        var counters = await answer.JsonAsync();

        Assert.Equal(1, counters.GetProperty("totalActiveHostCount").GetInt32());
        Assert.Single(counters.GetProperty("hosts").EnumerateArray());
    }

    [Fact]
    public async Task Nobody_is_shown_the_state_of_a_grain_or_the_log()
    {
        var token = await watched.AdminTokenAsync();
        var user = await watched.NewUserAsync();

        using var state = await watched.Auth.SendAsync(
            HttpMethod.Get, $"/dashboard/GrainState?grainId={user.UserId}&grainType=Airliner.Users.Grains.UserGrain", token);
        await state.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        foreach (var path in new[] { "/dashboard/GRAINSTATE", "/dashboard/GrainState/", "/dashboard/Grain%53tate" })
        {
            using var otherwise = await watched.Auth.SendAsync(HttpMethod.Get, path, token);
            await otherwise.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        }

        using var log = await watched.Auth.SendAsync(HttpMethod.Get, "/dashboard/Trace", token);
        Assert.Equal(HttpStatusCode.Forbidden, log.StatusCode);
    }

    [Fact]
    public async Task The_document_of_the_gateway_does_not_tell_of_it()
    {
        using var document = await watched.Auth.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        Assert.DoesNotContain("dashboard", (await document.JsonAsync()).GetRawText(), StringComparison.OrdinalIgnoreCase);
    }
}
