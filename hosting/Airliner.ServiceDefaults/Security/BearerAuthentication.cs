using Airliner.Contracts;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Streams;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Airliner.ServiceDefaults.Security;

/// <summary>Bearer tokens (RFC 6750), for REST and gRPC alike.</summary>
public static class BearerAuthentication
{
    /// <summary>A route with this policy answers administrators alone.</summary>
    public const string Admin = "admin";

    /// <summary>A method with this policy answers machine clients alone.</summary>
    public const string Service = "service";

    private static readonly TimeSpan _goodWithoutRevocations = TimeSpan.FromSeconds(60);

    /// <summary>Makes every route need a valid access token unless it says that anyone may use it.</summary>
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var issuer = TokenIssuer.Of(configuration);
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton(provider => new AccessTokenVerifier(
            provider.GetRequiredService<SigningKeyRing>(), provider.GetRequiredService<RevocationFeed>(), provider.GetRequiredService<TimeProvider>(), issuer));
        var goodWithout = configuration.GetValue("Gateway:GoodWithoutRevocations", _goodWithoutRevocations);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RevocationFeed>(provider, goodWithout));
        services.AddHostedService(provider => provider.GetRequiredService<RevocationFeed>());
        services.AddSingleton(provider => new LiveStreams(
            provider.GetRequiredService<RevocationFeed>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IHostApplicationLifetime>()));
        services.AddSingleton<StreamPermits>();
        services.AddSingleton<EventStreams>();
        services.AddHealthChecks().AddCheck<RevocationFeed>("revocations");
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokenVerifier>((options, verifier) =>
        {
            options.MapInboundClaims = false;
            options.TokenHandlers.Clear();
            options.TokenHandlers.Add(verifier);
            options.Events = new JwtBearerEvents { OnAuthenticationFailed = NotJudged, OnChallenge = NotExplained };
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(context => IsAuthenticated(context) || HasNoRoute(context)).Build())
            .AddPolicy(Admin, policy => policy.RequireClaim("roles", Roles.Admin))
            .AddPolicy(Service, policy => policy.RequireClaim("roles", Roles.Service));
        return services;
    }

    /// <summary>Lets machine clients through whose token has a scope (RFC 6749 §3.3).</summary>
    public static AuthorizationPolicyBuilder RequireScope(this AuthorizationPolicyBuilder policy, string scope)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.RequireClaim("roles", Roles.Service).RequireAssertion(context => context.User.FindFirst("scope")?.Value.Split(' ').Contains(scope) == true);
    }

    private static bool IsAuthenticated(AuthorizationHandlerContext context) => context.User.Identity is { IsAuthenticated: true };

    /// <summary>Whether there is nothing to protect: what is not there answers 404 or 405 to anyone, as the router made it.</summary>
    private static bool HasNoRoute(AuthorizationHandlerContext context) => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint;

    /// <summary>That the token is not good is all that is said (RFC 6750 §3.1): what is wrong with it would tell a forger how far he has come.</summary>
    private static Task NotExplained(JwtBearerChallengeContext context)
    {
        context.ErrorDescription = null;
        return Task.CompletedTask;
    }

    /// <summary>A token that could not be judged, because the keys cannot be had now, is not a bad one: the answer is 503 and not 401.</summary>
    private static Task NotJudged(AuthenticationFailedContext context) => context.Exception.Kind() == ClusterError.Unexpected
        ? Task.CompletedTask
        : Task.FromException(context.Exception);
}
