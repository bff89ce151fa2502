using System.Threading.RateLimiting;
using Airliner.Contracts;
using Airliner.Contracts.Limits;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>
/// How many requests with a key an address may send without a token: <c>Limits:AnonymousKeys</c>, 60 at once and as many again in each minute. Each leaves a row for a
/// day, whatever becomes of it. <c>Limits:ExemptLoopback</c> lets this machine's own addresses do as they like.
/// </summary>
internal sealed class AnonymousKeys : IDisposable
{
    private readonly bool _exemptLoopback;
    private readonly LimitSettings _settings;
    private readonly PartitionedRateLimiter<string> _limiter;

    public AnonymousKeys(IConfiguration configuration)
    {
        _exemptLoopback = CallerLimits.ExemptsLoopback(configuration);
        _settings = CallerLimits.Settings(configuration, "Limits:AnonymousKeys", new LimitSettings(60, TimeSpan.FromMinutes(1)));
        _limiter = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetTokenBucketLimiter(address, _ => CallerLimits.Bucket(_settings)));
    }

    /// <summary>The refusal of one request too many; null where it may be carried out.</summary>
    public IResult? Refusal(HttpContext http)
    {
        if (http.User.Identity is { IsAuthenticated: true } || (_exemptLoopback && http.IsFromThisMachine()))
            return null;
        using var lease = _limiter.AttemptAcquire(SourceNetwork.Of(http.SourceAddress()));
        if (lease.IsAcquired)
            return null;
        var retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : _settings.Window;
        return Problem.TooManyRequests(
            $"Too many requests with {IdempotencyKey.Header} came from this address without a token.", new("anonymous-keys", _settings.Permits, _settings.Window, retryAfter));
    }

    public void Dispose() => _limiter.Dispose();
}
