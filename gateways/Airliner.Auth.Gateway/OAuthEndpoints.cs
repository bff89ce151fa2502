using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Security;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Airliner.Auth.Gateway;

/// <summary>The OAuth 2 token endpoint and what verifiers and clients discover.</summary>
internal static class OAuthEndpoints
{
    private const string ClientCredentialsGrant = "client_credentials";
    private const string RefreshTokenGrant = "refresh_token";
    private static readonly string[] _secretMethods = ["client_secret_basic", "client_secret_post"];
    private static readonly int[] _refusals = [400, 401, 429, 500, 503, 504];

    public static void MapOAuth(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").AllowAnonymous().WithTags("OAuth").TakesSecrets();
        routes.MapPost("/oauth2/token", Token).DisableAntiforgery().TakesForm(typeof(OAuthTokenForm))
            .Produces<OAuthToken>().RefusesAsOAuth();
        routes.MapPost("/oauth2/introspect", Introspect).DisableAntiforgery().TakesForm(typeof(OAuthAboutTokenForm))
            .Produces<OAuthIntrospection>().RefusesAsOAuth();
        routes.MapPost("/oauth2/revoke", Revoke).DisableAntiforgery().TakesForm(typeof(OAuthAboutTokenForm))
            .Produces(200).RefusesAsOAuth();
        routes.MapGet("/.well-known/jwks.json", Keys).Produces<OAuthKeys>();
        routes.MapGet("/.well-known/oauth-authorization-server", Metadata).Produces<OAuthMetadata>();
    }

    private static RouteHandlerBuilder RefusesAsOAuth(this RouteHandlerBuilder route) =>
        _refusals.Aggregate(route, (described, status) => described.Produces<OAuthError>(status));

    private static async Task<IResult> Token(HttpContext http, GrainCalls calls)
    {
        var (form, refusal) = await OAuthRequests.ReadAsync(http);
        if (form is null)
            return refusal!;
        return form["grant_type"].ToString() switch
        {
            "" => OAuthRequests.Invalid("grant_type is required."),
            ClientCredentialsGrant => await ClientCredentials(http, form, calls),
            RefreshTokenGrant => await Refresh(http, form, calls),
            _ => OAuthRequests.Error(
                StatusCodes.Status400BadRequest, "unsupported_grant_type", $"grant_type must be {ClientCredentialsGrant} or {RefreshTokenGrant}."),
        };
    }

    /// <summary>RFC 6749 §4.4; the client authenticates by HTTP Basic or in the form (§2.3.1).</summary>
    private static async Task<IResult> ClientCredentials(HttpContext http, IFormCollection form, GrainCalls calls)
    {
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

    /// <summary>RFC 7662: what an access token says, if it is good, and whose a refresh token is, if it can be spent.</summary>
    private static async Task<IResult> Introspect(HttpContext http, GrainCalls calls, AccessTokenVerifier verifier, IConfiguration configuration)
    {
        var (_, token, refusal) = await OAuthRequests.ReadTokenAsync(http, calls);
        if (refusal is not null)
            return refusal;
        if (await verifier.VerifyAsync(token) is { IsValid: true, SecurityToken: JsonWebToken jwt })
            return Results.Ok(OAuthIntrospection.Of(jwt));
        var refreshToken = await calls.Call(grains => grains.GetGrain<IRefreshGrain>(0).Find(token));
        return Results.Ok(refreshToken is { IsSpent: false } ? OAuthIntrospection.Of(refreshToken, TokenIssuer.Of(configuration)) : OAuthIntrospection.Inactive);
    }

    /// <summary>
    /// RFC 7009. An access token is given back by the client that it was issued to, for every service that it is used at has seen it. A refresh token is shown to
    /// nobody but its client: whoever has it may end its session, which can only do good. A token that is good no more needs nothing (§2.2).
    /// </summary>
    private static async Task<IResult> Revoke(HttpContext http, GrainCalls calls, AccessTokenVerifier verifier)
    {
        var (clientId, token, refusal) = await OAuthRequests.ReadTokenAsync(http, calls, orPublic: true);
        if (refusal is not null)
            return refusal;
        if (await verifier.VerifyAsync(token) is not { IsValid: true, SecurityToken: JsonWebToken jwt })
        {
            var command = new RevokeRefreshToken(http.CommandId(), token);
            await calls.Call(grains => grains.GetGrain<IRefreshGrain>(0).Revoke(command));
            return Results.Ok();
        }

        if (jwt.GetClaim("client_id").Value != clientId)
            return OAuthRequests.Error(StatusCodes.Status400BadRequest, "unauthorized_client", "The token was not issued to this client.");
        // Who it is was said by its secret, not by a bearer token.
        (CallOrigin.Current! with { ClientId = clientId }).GoAlong();
        await calls.Call(grains => grains.GetGrain<IRevocationsGrain>(0).RevokeToken(clientId, jwt.Id));
        return Results.Ok();
    }

    /// <summary>RFC 6749 §6. Refresh tokens are users', whose client is a public one: it has no secret, and may name itself (§3.2.1).</summary>
    private static async Task<IResult> Refresh(HttpContext http, IFormCollection form, GrainCalls calls)
    {
        if (OAuthRequests.NamedClient(http, form) is not { } client)
            return OAuthRequests.InvalidClient(http, "The client id or its secret is wrong.");
        if (client is not ("" or AccessTokens.UserClientId))
            return OAuthRequests.Error(StatusCodes.Status400BadRequest, "unauthorized_client", "A machine client has no refresh tokens; it asks for another token with its secret.");
        if (form["refresh_token"].ToString() is not { Length: > 0 } refreshToken)
            return OAuthRequests.Invalid("refresh_token is required.");
        if (form["scope"].ToString().Length > 0)
            return OAuthRequests.Error(StatusCodes.Status400BadRequest, "invalid_scope", "A user's token has no scope.");

        var command = new RefreshCommand(http.CommandId(), refreshToken, http.SourceAddress(), http.UserAgent());
        var result = await calls.Call(grains => grains.GetGrain<IRefreshGrain>(0).Refresh(command));
        return result.Tokens is { } tokens
            ? Results.Ok(new OAuthToken(tokens.AccessToken, "Bearer", tokens.ExpiresIn, RefreshToken: tokens.RefreshToken))
            : result.Outcome == RefreshOutcome.Stale
            ? Problem.Unavailable("The account is changing: try again.", TimeSpan.FromSeconds(1))
            : OAuthRequests.Error(StatusCodes.Status400BadRequest, "invalid_grant", "The refresh token is not valid, or not any more.");
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
        var issuer = TokenIssuer.Of(configuration);
        return Results.Ok(new OAuthMetadata(
            issuer,
            $"{issuer}/oauth2/token",
            $"{issuer}/oauth2/introspect",
            $"{issuer}/oauth2/revoke",
            $"{issuer}/.well-known/jwks.json",
            [ClientCredentialsGrant, RefreshTokenGrant],
            [.. _secretMethods, "none"],
            _secretMethods,
            [.. _secretMethods, "none"],
            [],
            Scopes.All));
    }
}
