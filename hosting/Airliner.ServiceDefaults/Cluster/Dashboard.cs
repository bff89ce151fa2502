using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Dashboard;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>
/// The Orleans Dashboard, for administrators, where <c>Dashboard:Enabled</c> says so: on every silo alike, since it measures the calls of each, and on the
/// gateway that shows it. Where it is off nothing of it is registered.
/// </summary>
public static class Dashboard
{
    /// <summary>Where the gateway shows it.</summary>
    public const string Path = "/dashboard";

    /// <summary>Its page runs its own script and asks its own gateway, and makes styles as it goes.</summary>
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'self'; "
        + "form-action 'none'; frame-ancestors 'none'";

    /// <summary>Has a silo measure the calls of its grains.</summary>
    public static ISiloBuilder AddDashboardWhereEnabled(this ISiloBuilder silo, IConfiguration configuration) =>
        IsEnabled(configuration) ? silo.AddDashboard(Configure) : silo;

    /// <summary>Has a gateway ask the silos for what the dashboard shows.</summary>
    public static void AddDashboardWhereEnabled(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (IsEnabled(builder.Configuration))
            new ClientServices(builder.Services, builder.Configuration).AddDashboard(Configure);
    }

    /// <summary>Maps it below <see cref="Path"/>.</summary>
    public static void MapDashboardWhereEnabled(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (IsEnabled(app.Configuration))
            app.MapOrleansDashboard(Path).RequireAuthorization(BearerAuthentication.Admin).ExcludeFromDescription()
                .AddEndpointFilter(WithPolicy).AddEndpointFilter(WithoutState);
    }

    private static bool IsEnabled(IConfiguration configuration) => configuration.GetValue("Dashboard:Enabled", false);

    /// <summary>Without the log, which the operator has elsewhere and which nobody should follow through a gateway.</summary>
    private static void Configure(DashboardOptions options) => options.HideTrace = true;

    private static ValueTask<object?> WithPolicy(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.ContentSecurityPolicy = PagePolicy;
        return next(context);
    }

    /// <summary>
    /// The dashboard would also call whatever of a grain answers its state and show that: the hashes of passwords, the sealed keys. Nobody gets those from us.
    /// </summary>
    private static async ValueTask<object?> WithoutState(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        // By its route: the path may be written in more than one way.
        context.HttpContext.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } && route.TrimEnd('/').EndsWith("/GrainState", StringComparison.OrdinalIgnoreCase)
            ? Problem.Forbidden("The states of grains are not shown.")
            : await next(context);

    /// <summary>What a client's builder adds to, also where the client is one that was made elsewhere.</summary>
    private sealed class ClientServices(IServiceCollection services, IConfiguration configuration) : IClientBuilder
    {
        public IServiceCollection Services => services;

        public IConfiguration Configuration => configuration;
    }
}
