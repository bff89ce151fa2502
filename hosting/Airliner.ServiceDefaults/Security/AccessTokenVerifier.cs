using System.Collections.Concurrent;
using Airliner.Contracts;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Airliner.ServiceDefaults.Security;

/// <summary>
/// Verifies access tokens offline: JWTs as RFC 9068 has them, checked as RFC 8725 asks (form, type, one algorithm, issuer, audience, expiry, key id). Verified
/// tokens are remembered until they expire, for an ES256 check costs a hundred microseconds. Whether one is revoked is asked each time.
/// </summary>
public sealed class AccessTokenVerifier : TokenHandler, IDisposable
{
    /// <summary>How many verified tokens are remembered; beyond it, all are forgotten and verified anew.</summary>
    private const int MostRemembered = 20_000;

    private static readonly TimeSpan _forgetsEvery = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly ConcurrentDictionary<string, VerifiedToken> _verified = new(StringComparer.Ordinal);
    private readonly SigningKeyRing _keys;
    private readonly RevocationFeed _revocations;
    private readonly TimeProvider _time;
    private readonly TokenValidationParameters _rules;
    private long _forgotAt;

    internal AccessTokenVerifier(SigningKeyRing keys, RevocationFeed revocations, TimeProvider time, string issuer)
    {
        _keys = keys;
        _revocations = revocations;
        _time = time;
        _rules = new TokenValidationParameters
        {
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = issuer,
            ValidAudience = AccessTokens.Audience,
            NameClaimType = "preferred_username",
            RoleClaimType = "roles",
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromSeconds(5),
            LifetimeValidator = (begins, expires, _, rules) => expires is { } end && end.Add(rules.ClockSkew) > time.GetUtcNow().UtcDateTime
                && (begins is not { } begin || begin.Subtract(rules.ClockSkew) <= time.GetUtcNow().UtcDateTime),
        };
    }

    /// <summary>Verifies a token by this verifier's own rules.</summary>
    public async Task<TokenValidationResult> VerifyAsync(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (_verified.TryGetValue(token, out var known) && known.Expires > _time.GetUtcNow())
            return Judged(known);

        JsonWebToken jwt;
        try
        {
            AccessTokenForm.Check(token);
            jwt = _handler.ReadJsonWebToken(token);
        }
        catch (Exception error) when (error is ArgumentException or SecurityTokenException)
        {
            return new TokenValidationResult { IsValid = false, Exception = error };
        }

        var rules = _rules.Clone();
        if (await _keys.FindAsync(jwt.Kid) is { } key)
            rules.IssuerSigningKey = key;
        var result = await _handler.ValidateTokenAsync(jwt, rules);
        return result.IsValid ? Judged(Remember(token, result, jwt)) : result;
    }

    /// <inheritdoc/>
    public override Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters) => VerifyAsync(token);

    public void Dispose() => _keys.Dispose();

    private VerifiedToken Remember(string token, TokenValidationResult result, JsonWebToken jwt)
    {
        ForgetExpired();
        if (_verified.Count >= MostRemembered)
            _verified.Clear();
        // A user's token is its session's; a machine client has none.
        var owner = jwt.TryGetClaim("sid", out var session) ? session.Value : jwt.GetClaim("client_id").Value;
        return _verified[token] = new(result, owner, jwt.Id, new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero));
    }

    /// <summary>Forgets those that have expired, from time to time: each takes some kilobytes.</summary>
    private void ForgetExpired()
    {
        var forgotAt = Volatile.Read(ref _forgotAt);
        if (_time.GetElapsedTime(forgotAt) < _forgetsEvery || Interlocked.CompareExchange(ref _forgotAt, _time.GetTimestamp(), forgotAt) != forgotAt)
            return;
        var now = _time.GetUtcNow();
        foreach (var (token, known) in _verified)
        {
            if (known.Expires <= now)
                _verified.TryRemove(token, out _);
        }
    }

    private TokenValidationResult Judged(VerifiedToken token) => _revocations.IsRevoked(token.Owner) || _revocations.IsRevoked(token.TokenId)
        ? new TokenValidationResult { IsValid = false, Exception = new TokenRevokedException() }
        : token.Result;

    private sealed record VerifiedToken(TokenValidationResult Result, string Owner, string TokenId, DateTimeOffset Expires);
}

/// <summary>The token's session has ended, its machine client is gone, or it was given back.</summary>
public sealed class TokenRevokedException() : SecurityTokenException("The token is revoked.");
