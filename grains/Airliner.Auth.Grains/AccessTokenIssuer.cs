using System.Buffers.Text;
using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.Auth.Grains;

/// <summary>Signs access tokens: JWTs as RFC 9068 profiles them, ES256.</summary>
internal sealed class AccessTokenIssuer(string issuer, TimeProvider time)
{
    /// <summary>How long a signing key is used before the keys' grain is asked again.</summary>
    private static readonly TimeSpan _keyFreshness = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private volatile CachedKey? _cached;

    /// <summary>A token of a user's session.</summary>
    /// <param name="lifetime">How long it is good: not beyond the session, whose end is what revokes it.</param>
    public Task<string> ForUserAsync(IGrainFactory grains, long userId, string username, IEnumerable<string> roles, string sessionId, TimeSpan lifetime) => SignAsync(grains, lifetime, new()
    {
        ["sub"] = userId.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["client_id"] = AccessTokens.UserClientId,
        ["sid"] = sessionId,
        ["roles"] = roles.ToArray(),
        ["preferred_username"] = username,
    });

    /// <summary>A token of a machine client: its subject is the client, and it has no session.</summary>
    public Task<string> ForClientAsync(IGrainFactory grains, string clientId, string scope) => SignAsync(grains, AccessTokens.Lifetime, new()
    {
        ["sub"] = clientId,
        ["client_id"] = clientId,
        ["roles"] = new[] { Roles.Service },
        ["scope"] = scope,
    });

    private async Task<string> SignAsync(IGrainFactory grains, TimeSpan lifetime, Dictionary<string, object> claims)
    {
        var now = time.GetUtcNow();
        claims["jti"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = "at+jwt",
            Issuer = issuer,
            Audience = AccessTokens.Audience,
            IssuedAt = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = await SigningCredentialsAsync(grains),
        });
    }

    private async ValueTask<SigningCredentials> SigningCredentialsAsync(IGrainFactory grains)
    {
        if (_cached is { } cached && time.GetElapsedTime(cached.Since) < _keyFreshness)
            return cached.Credentials;
        var key = await grains.GetGrain<ISigningKeysGrain>(0).GetSigningKey();
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.PrivateKey, out _);
        var credentials = new SigningCredentials(new ECDsaSecurityKey(ecdsa) { KeyId = key.KeyId }, SecurityAlgorithms.EcdsaSha256);
        _cached = new CachedKey(credentials, time.GetTimestamp());
        return credentials;
    }

    private sealed record CachedKey(SigningCredentials Credentials, long Since);
}
