using System.Text.Json.Serialization;

namespace Airliner.Auth.Gateway;

/// <summary>The form of the token endpoint (RFC 6749 §4.4.2, §6); the client's id and secret are here or in HTTP Basic.</summary>
internal sealed record OAuthTokenForm(
    [property: JsonPropertyName("grant_type")] string GrantType,
    [property: JsonPropertyName("scope")] string? Scope,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("client_secret")] string? ClientSecret,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken);

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
    [property: JsonPropertyName("jwks_uri")] string JwksUri,
    [property: JsonPropertyName("grant_types_supported")] IReadOnlyList<string> GrantTypes,
    [property: JsonPropertyName("token_endpoint_auth_methods_supported")] IReadOnlyList<string> AuthenticationMethods,
    [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypes,
    [property: JsonPropertyName("scopes_supported")] IReadOnlyList<string> Scopes);
