using System.Net.Http.Headers;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Auth.Gateway;

/// <summary>The OAuth 2 token endpoint and what verifiers and clients discover.</summary>
internal static class OAuthEndpoints
{
    private const string ClientCredentialsGrant = "client_credentials";
    private const string RefreshTokenGrant = "refresh_token";

    public static void MapOAuth(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup("").AllowAnonymous().WithTags("OAuth");
        routes.MapPost("/oauth2/token", Token).DisableAntiforgery().TakesForm(typeof(OAuthTokenForm))
            .Produces<OAuthToken>().Produces<OAuthError>(400).Produces<OAuthError>(401);
        routes.MapGet("/.well-known/jwks.json", Keys).Produces<OAuthKeys>();
        routes.MapGet("/.well-known/oauth-authorization-server", Metadata).Produces<OAuthMetadata>();
    }

    private static async Task<IResult> Token(HttpContext http, GrainCalls calls)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.HasFormContentType)
            return Error(StatusCodes.Status400BadRequest, "invalid_request", "The body must be application/x-www-form-urlencoded.");
        if (await ReadFormAsync(http) is not { } form)
            return Error(StatusCodes.Status400BadRequest, "invalid_request", "The form cannot be read: it has too many members, or one is too long.");
        if (form.FirstOrDefault(member => member.Value.Count > 1).Key is { } repeated)
            return Error(StatusCodes.Status400BadRequest, "invalid_request", $"{repeated} is there more than once.");
        return form["grant_type"].ToString() switch
        {
            "" => Error(StatusCodes.Status400BadRequest, "invalid_request", "grant_type is required."),
            ClientCredentialsGrant => await ClientCredentials(http, form, calls),
            RefreshTokenGrant => await Refresh(http, form, calls),
            _ => Error(StatusCodes.Status400BadRequest, "unsupported_grant_type", $"grant_type must be {ClientCredentialsGrant} or {RefreshTokenGrant}."),
        };
    }

    /// <summary>RFC 6749 §4.4; the client authenticates by HTTP Basic or in the form (§2.3.1).</summary>
    private static async Task<IResult> ClientCredentials(HttpContext http, IFormCollection form, GrainCalls calls)
    {
        if (Credentials(http, form) is not var (clientId, secret) || !ClientIds.AreLike(clientId))
            return InvalidClient(http, "The client must authenticate by HTTP Basic, or by client_id and client_secret in the form.");

        var scope = form["scope"].ToString() is { Length: > 0 } asked ? asked : null;
        var result = await calls.Call(grains => grains.GetGrain<IClientGrain>(clientId).IssueToken(secret, scope));
        return result.Outcome switch
        {
            ClientTokenOutcome.Issued => Results.Ok(new OAuthToken(result.AccessToken, "Bearer", result.ExpiresIn, result.Scope)),
            ClientTokenOutcome.InvalidScope => Error(StatusCodes.Status400BadRequest, "invalid_scope", "The client does not have every scope that was asked for."),
            _ => InvalidClient(http, "The client id or its secret is wrong."),
        };
    }

    /// <summary>RFC 6749 §6. Refresh tokens are users', whose client is a public one: it has no secret, and may name itself (§3.2.1).</summary>
    private static async Task<IResult> Refresh(HttpContext http, IFormCollection form, GrainCalls calls)
    {
        var client = Credentials(http, form)?.ClientId ?? form["client_id"].ToString();
        if (client is not ("" or AccessTokens.UserClientId))
            return Error(StatusCodes.Status400BadRequest, "unauthorized_client", "A machine client has no refresh tokens; it asks for another token with its secret.");
        if (form["refresh_token"].ToString() is not { Length: > 0 } refreshToken)
            return Error(StatusCodes.Status400BadRequest, "invalid_request", "refresh_token is required.");
        if (form["scope"].ToString().Length > 0)
            return Error(StatusCodes.Status400BadRequest, "invalid_scope", "A user's token has no scope.");

        var command = new RefreshCommand(CommandIds.New(), refreshToken, http.SourceAddress(), http.UserAgent());
        var result = await calls.Call(grains => grains.GetGrain<IRefreshGrain>(0).Refresh(command));
        return result.Tokens is { } tokens
            ? Results.Ok(new OAuthToken(tokens.AccessToken, "Bearer", tokens.ExpiresIn, RefreshToken: tokens.RefreshToken))
            : Error(StatusCodes.Status400BadRequest, "invalid_grant", "The refresh token is not valid, or not any more.");
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
            $"{issuer}/.well-known/jwks.json",
            [ClientCredentialsGrant, RefreshTokenGrant],
            ["client_secret_basic", "client_secret_post", "none"],
            [],
            [Scopes.TasksWork]));
    }

    private static async Task<IFormCollection?> ReadFormAsync(HttpContext http)
    {
        try
        {
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static (string ClientId, string Secret)? Credentials(HttpContext http, IFormCollection form)
    {
        if (AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header)
            && header is { Scheme: var scheme, Parameter: { } parameter } && scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[parameter.Length];
            if (!Convert.TryFromBase64String(parameter, bytes, out var length))
                return null;
            var text = Encoding.UTF8.GetString(bytes, 0, length);
            var colon = text.IndexOf(':');
            return colon > 0 ? (Uri.UnescapeDataString(text[..colon]), Uri.UnescapeDataString(text[(colon + 1)..])) : null;
        }

        return form["client_id"].ToString() is { Length: > 0 } id && form["client_secret"].ToString() is { Length: > 0 } secret ? (id, secret) : null;
    }

    private static IResult InvalidClient(HttpContext http, string description)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"airliner\"";
        return Error(StatusCodes.Status401Unauthorized, "invalid_client", description);
    }

    /// <summary>RFC 6749 §5.2, not problem details.</summary>
    private static IResult Error(int status, string error, string description) =>
        Results.Json(new OAuthError(error, description), statusCode: status);
}
