using Airliner.Contracts;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults.Security;

/// <summary>Bearer tokens (RFC 6750), for REST and gRPC alike.</summary>
public static class BearerAuthentication
{
    /// <summary>A route with this policy answers administrators alone.</summary>
    public const string Admin = "admin";

    /// <summary>A method with this policy answers machine clients alone.</summary>
    public const string Service = "service";

    /// <summary>Makes every route need a valid access token unless it says that anyone may use it.</summary>
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var issuer = configuration["AIRLINER_ISSUER"] ?? AccessTokens.DefaultIssuer;
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton(provider => new AccessTokenVerifier(
            provider.GetRequiredService<SigningKeyRing>(), provider.GetRequiredService<TimeProvider>(), issuer));
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<AccessTokenVerifier>((options, verifier) =>
        {
            options.MapInboundClaims = false;
            options.TokenHandlers.Clear();
            options.TokenHandlers.Add(verifier);
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Admin, policy => policy.RequireClaim("roles", Roles.Admin))
            .AddPolicy(Service, policy => policy.RequireClaim("roles", Roles.Service));
        return services;
    }
}
