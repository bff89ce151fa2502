using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.ServiceDefaults.Security;

/// <summary>
/// What an access token of ours is like, to the letter. We alone make them and we alone read them here, so nothing is left to how a parser takes what it should not
/// have got (RFC 8725 §3): no header that names or carries a key (<c>jwk</c>, <c>jku</c>, <c>x5u</c>, <c>x5c</c>) or asks for something (<c>crit</c>, <c>zip</c>),
/// no member twice, no second spelling of the same bytes.
/// </summary>
internal static class AccessTokenForm
{
    /// <summary>Several times what the longest one has.</summary>
    private const int MostCharacters = 4096;

    private const long LastSecond = 253_402_300_799;

    private static readonly string[] _header = ["alg", "kid", "typ"];
    private static readonly JsonDocumentOptions _json = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>Insists on the form, before anything is believed.</summary>
    /// <exception cref="SecurityTokenMalformedException">It is not three parts of JSON and a signature.</exception>
    /// <exception cref="SecurityTokenValidationException">It does not say what our tokens say.</exception>
    public static void Check(string token)
    {
        try
        {
            CheckParts(token);
        }
        catch (Exception error) when (error is FormatException or JsonException or InvalidOperationException)
        {
            // The last is what reading a text gives that is no Unicode.
            throw new SecurityTokenMalformedException("A part of the token is not base64url of JSON, or has a member twice.");
        }
    }

    private static void CheckParts(string token)
    {
        if (token.Length > MostCharacters || token.Split('.') is not [var header, var payload, var signature])
            throw new SecurityTokenMalformedException("An access token has three parts, and is not long.");
        var names = Json(header);
        var claims = Json(payload);
        Decode(signature);
        if (names.GetPropertyCount() != _header.Length || !_header.All(name => Text(names, name) is not null))
            throw new SecurityTokenValidationException("The header of an access token has a type, an algorithm and a key id, and nothing else.");
        if (!AreClaims(claims) || !(IsOfUser(claims) || IsOfClient(claims)))
            throw new SecurityTokenValidationException("The claims are not those of an access token.");
    }

    private static bool AreClaims(JsonElement claims) =>
        Text(claims, "iss") is not null && Text(claims, "aud") is not null && Text(claims, "jti") is not null && IsTime(claims, "iat") && IsTime(claims, "exp")
        && (!claims.TryGetProperty("nbf", out _) || IsTime(claims, "nbf"))
        && claims.TryGetProperty("roles", out var roles) && roles.ValueKind == JsonValueKind.Array && roles.EnumerateArray().All(role => role.ValueKind == JsonValueKind.String);

    /// <summary>A user's token is its session's, which can be ended; one without a session would be good until it expires.</summary>
    private static bool IsOfUser(JsonElement claims) =>
        Text(claims, "client_id") == AccessTokens.UserClientId && Text(claims, "sid") is not null && !HasRole(claims, Roles.Service)
        && long.TryParse(Text(claims, "sub"), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsOfClient(JsonElement claims) =>
        Text(claims, "client_id") is { } client && ClientIds.AreLike(client) && Text(claims, "sub") == client && !claims.TryGetProperty("sid", out _)
        && claims.GetProperty("roles").GetArrayLength() == 1 && HasRole(claims, Roles.Service);

    private static bool HasRole(JsonElement claims, string name) => claims.GetProperty("roles").EnumerateArray().Any(role => role.ValueEquals(name));

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text ? text : null;

    private static bool IsTime(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var seconds) && seconds is >= 0 and <= LastSecond;

    private static JsonElement Json(string part) =>
        JsonElement.Parse(Decode(part), _json) is { ValueKind: JsonValueKind.Object } json ? json : throw new JsonException("A part of the token is no object.");

    /// <summary>The bytes of a part, if it is their one right spelling: without padding and spaces, and with no bits left over.</summary>
    private static byte[] Decode(string part)
    {
        var bytes = Base64Url.DecodeFromChars(part);
        return bytes.Length > 0 && Base64Url.EncodeToString(bytes) == part ? bytes : throw new FormatException("A part of the token is not spelt as it should be.");
    }
}
