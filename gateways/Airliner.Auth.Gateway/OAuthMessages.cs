using System.Globalization;
using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.Auth.Gateway;

/// <summary>The form of the token endpoint (RFC 6749 §4.4.2, §6); the client's id and secret are here or in HTTP Basic.</summary>
internal sealed record OAuthTokenForm(
    [property: JsonPropertyName("grant_type")] string GrantType,
    [property: JsonPropertyName("scope")] string? Scope,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("client_secret")] string? ClientSecret,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken);

/// <summary>
/// The form of the routes that take a token, access or refresh (RFC 7662 §2.1, RFC 7009 §2.1); a hint at its type is not needed, for they do not look alike.
/// </summary>
internal sealed record OAuthAboutTokenForm(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("token_type_hint")] string? TokenTypeHint,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("client_secret")] string? ClientSecret);

/// <summary>RFC 7662 §2.2.</summary>
internal sealed record OAuthIntrospection([property: JsonPropertyName("active")] bool Active)
{
    /// <summary>A token that is not good: nothing else is told of it.</summary>
    public static OAuthIntrospection Inactive { get; } = new(false);

    [JsonPropertyName("iss"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Issuer { get; init; }

    [JsonPropertyName("sub"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Subject { get; init; }

    [JsonPropertyName("aud"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Audience { get; init; }

    [JsonPropertyName("client_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientId { get; init; }

    [JsonPropertyName("username"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; init; }

    [JsonPropertyName("scope"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    [JsonPropertyName("token_type"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenType { get; init; }

    [JsonPropertyName("jti"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenId { get; init; }

    [JsonPropertyName("iat"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? IssuedAt { get; init; }

    [JsonPropertyName("exp"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ExpiresAt { get; init; }

    /// <summary>What is known of a refresh token; it has no type (RFC 6749 §5.1 types access tokens).</summary>
    public static OAuthIntrospection Of(RefreshTokenView token, string issuer) => new(true)
    {
        Issuer = issuer,
        Subject = token.UserId.ToString(CultureInfo.InvariantCulture),
        ClientId = AccessTokens.UserClientId,
        IssuedAt = token.Session.LastUsedAt.ToUnixTimeSeconds(),
        ExpiresAt = token.Session.ExpiresAt.ToUnixTimeSeconds(),
    };

    /// <summary>What a token that was verified says.</summary>
    public static OAuthIntrospection Of(JsonWebToken jwt) => new(true)
    {
        Issuer = jwt.Issuer,
        Subject = jwt.Subject,
        Audience = AccessTokens.Audience,
        ClientId = jwt.GetClaim("client_id").Value,
        Username = jwt.TryGetClaim("preferred_username", out var username) ? username.Value : null,
        Scope = jwt.TryGetClaim("scope", out var scope) ? scope.Value : null,
        TokenType = "Bearer",
        TokenId = jwt.Id,
        IssuedAt = EpochTime.GetIntDate(jwt.IssuedAt),
        ExpiresAt = EpochTime.GetIntDate(jwt.ValidTo),
    };
}

/// <summary>RFC 6749 §5.1.</summary>
/// <param name="Scope">Of machine clients; a user's token has none.</param>
/// <param name="RefreshToken">Of users; a machine client gets none (§4.4.3).</param>
internal sealed record OAuthToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("scope"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Scope = null,
    [property: JsonPropertyName("refresh_token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken = null)
{
    public override string ToString() => $"OAuthToken {{ {Scope}, {ExpiresIn} s }}";
}

/// <summary>RFC 6749 §5.2.</summary>
internal sealed record OAuthError(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("error_description")] string Description);

/// <summary>RFC 7517 §5.</summary>
internal sealed record OAuthKeys(IReadOnlyList<OAuthKey> Keys);

/// <summary>RFC 7518 §6.2.1.</summary>
internal sealed record OAuthKey(string Kty, string Use, string Alg, string Crv, string Kid, string X, string Y);

/// <summary>RFC 8414 §2.</summary>
internal sealed record OAuthMetadata(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("token_endpoint")] string TokenEndpoint,
    [property: JsonPropertyName("introspection_endpoint")] string IntrospectionEndpoint,
    [property: JsonPropertyName("revocation_endpoint")] string RevocationEndpoint,
    [property: JsonPropertyName("jwks_uri")] string JwksUri,
    [property: JsonPropertyName("grant_types_supported")] IReadOnlyList<string> GrantTypes,
    [property: JsonPropertyName("token_endpoint_auth_methods_supported")] IReadOnlyList<string> AuthenticationMethods,
    [property: JsonPropertyName("introspection_endpoint_auth_methods_supported")] IReadOnlyList<string> IntrospectionAuthenticationMethods,
    [property: JsonPropertyName("revocation_endpoint_auth_methods_supported")] IReadOnlyList<string> RevocationAuthenticationMethods,
    [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypes,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> Scopes);
