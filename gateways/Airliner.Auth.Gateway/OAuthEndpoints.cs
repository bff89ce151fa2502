using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Security;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Airliner.Auth.Gateway;

/// <summary>The OAuth 2 token endpoint and what verifiers and clients discover.</summary>
internal static class OAuthEndpoints
{
    private static readonly string[] _grantTypes = ["client_credentials"];
    private static readonly string[] _authMethods = ["client_secret_basic", "client_secret_post"];

    public static void MapOAuth(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").AllowAnonymous().WithTags("OAuth");
        routes.MapPost("/oauth2/token", Token).DisableAntiforgery().TakesForm(typeof(OAuthTokenForm))
            .Produces<OAuthToken>().Produces<OAuthError>(400).Produces<OAuthError>(401);
        routes.MapPost("/oauth2/introspect", Introspect).DisableAntiforgery().TakesForm(typeof(OAuthAboutTokenForm))
            .Produces<OAuthIntrospection>().Produces<OAuthError>(400).Produces<OAuthError>(401);
        routes.MapPost("/oauth2/revoke", Revoke).DisableAntiforgery().TakesForm(typeof(OAuthAboutTokenForm))
            .Produces(200).Produces<OAuthError>(400).Produces<OAuthError>(401);
        routes.MapGet("/.well-known/jwks.json", Keys).Produces<OAuthKeys>();
        routes.MapGet("/.well-known/oauth-authorization-server", Metadata).Produces<OAuthMetadata>();
    }

    /// <summary>RFC 6749 §4.4; the client authenticates by HTTP Basic or in the form (§2.3.1).</summary>
    private static async Task<IResult> Token(HttpContext http, GrainCalls calls)
    {
        var (form, refusal) = await OAuthRequests.ReadAsync(http);
        if (form is null)
            return refusal!;
        if (form["grant_type"].ToString() is not { Length: > 0 } grant)
            return OAuthRequests.Invalid("grant_type is required.");
        if (grant != "client_credentials")
            return OAuthRequests.Error(StatusCodes.Status400BadRequest, "unsupported_grant_type", "grant_type must be client_credentials.");
        if (OAuthRequests.Credentials(http, form) is not var (clientId, secret))
            return OAuthRequests.NoCredentials(http);

        var scope = form["scope"].ToString() is { Length: > 0 } asked ? asked : null;
        var result = await calls.Call(grains => grains.GetGrain<IClientGrain>(clientId).IssueToken(secret, scope));
        return result.Outcome switch
        {
            ClientTokenOutcome.Issued => Results.Ok(new OAuthToken(result.AccessToken, "Bearer", result.ExpiresIn, result.Scope)),
            ClientTokenOutcome.InvalidScope => OAuthRequests.Error(StatusCodes.Status400BadRequest, "invalid_scope", "The client does not have every scope that was asked for."),
            _ => OAuthRequests.InvalidClient(http, "The client id or its secret is wrong."),
        };
    }

    /// <summary>RFC 7662: what an access token says, if it is good.</summary>
    private static async Task<IResult> Introspect(HttpContext http, GrainCalls calls, AccessTokenVerifier verifier)
    {
        var (_, token, refusal) = await OAuthRequests.ReadTokenAsync(http, calls);
        if (refusal is not null)
            return refusal;
        var result = await verifier.VerifyAsync(token);
        return Results.Ok(result is { IsValid: true, SecurityToken: JsonWebToken jwt } ? OAuthIntrospection.Of(jwt) : OAuthIntrospection.Inactive);
    }

    /// <summary>RFC 7009: a client gives back an access token of its own. One that is good no more needs nothing (§2.2).</summary>
    private static async Task<IResult> Revoke(HttpContext http, GrainCalls calls, AccessTokenVerifier verifier)
    {
        var (clientId, token, refusal) = await OAuthRequests.ReadTokenAsync(http, calls);
        if (refusal is not null)
            return refusal;
        if (await verifier.VerifyAsync(token) is not { IsValid: true, SecurityToken: JsonWebToken jwt })
            return Results.Ok();
        if (jwt.GetClaim("client_id").Value != clientId)
            return OAuthRequests.Error(StatusCodes.Status400BadRequest, "unauthorized_client", "The token was not issued to this client.");
        await calls.Call(grains => grains.GetGrain<IRevocationsGrain>(0).Revoke([jwt.Id]));
        return Results.Ok();
    }

    private static async Task<IResult> Keys(HttpContext http, GrainCalls calls)
    {
        var keys = await calls.Call(grains => grains.GetGrain<ISigningKeysGrain>(0).GetPublicKeys());
        http.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Ok(new OAuthKeys([.. keys.Select(key => new OAuthKey("EC", "sig", "ES256", "P-256", key.KeyId, key.X, key.Y))]));
    }

    /// <summary>RFC 8414.</summary>
    private static IResult Metadata(IConfiguration configuration)
    {
        var issuer = configuration["AIRLINER_ISSUER"] ?? AccessTokens.DefaultIssuer;
        return Results.Ok(new OAuthMetadata(
            issuer,
            $"{issuer}/oauth2/token",
            $"{issuer}/oauth2/introspect",
            $"{issuer}/oauth2/revoke",
            $"{issuer}/.well-known/jwks.json",
            _grantTypes,
            _authMethods,
            _authMethods,
            _authMethods,
            [],
            Scopes.All));
    }
}
