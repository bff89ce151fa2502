using System.Threading.RateLimiting;
using Airliner.Contracts;
using Airliner.Contracts.Limits;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>
/// How many requests a caller may send to this gateway, whatever they are for: a user (<c>Limits:Requests</c>, 3000 at once and as many again in each
/// ten seconds), a machine client (<c>Limits:ServiceRequests</c>, ten times that), or, without a good token, an address as a user.
/// <c>Limits:ExemptLoopback</c> lets this machine's own addresses do as they like.
/// </summary>
internal sealed class CallerLimits(IConfiguration configuration)
{
    /// <summary>In how many steps a window's permits come back.</summary>
    private const int Steps = 10;

    private static readonly TimeSpan _window = TimeSpan.FromSeconds(10);

    private readonly bool _exemptLoopback = ExemptsLoopback(configuration);
    private readonly LimitSettings _requests = Settings(configuration, "Limits:Requests", new LimitSettings(3000, _window));
    private readonly LimitSettings _serviceRequests = Settings(configuration, "Limits:ServiceRequests", new LimitSettings(30_000, _window));

    /// <exception cref="InvalidOperationException">A limit would let nothing through; the message names its section.</exception>
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        var limits = new CallerLimits(configuration);
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(limits.Partition);
            limiter.OnRejected = (context, _) => new(limits.RefuseAsync(context));
        });
    }

    /// <summary>Whether no limit of a gateway holds for this machine's own addresses.</summary>
    public static bool ExemptsLoopback(IConfiguration configuration) => configuration.GetValue("Limits:ExemptLoopback", false);

    /// <summary>A bucket whose permits come back in steps, all of them within the window.</summary>
    public static TokenBucketRateLimiterOptions Bucket(LimitSettings settings)
    {
        var steps = Math.Min(Steps, settings.Permits);
        return new TokenBucketRateLimiterOptions
        {
            TokenLimit = settings.Permits,
            TokensPerPeriod = (int)Math.Ceiling((double)settings.Permits / steps),
            ReplenishmentPeriod = settings.Window / steps,
        };
    }

    private RateLimitPartition<string> Partition(HttpContext http)
    {
        if (_exemptLoopback && http.IsFromThisMachine())
            return RateLimitPartition.GetNoLimiter("");
        var (key, settings) = Of(http);
        return RateLimitPartition.GetTokenBucketLimiter(key, _ => Bucket(settings));
    }

    private (string Key, LimitSettings Settings) Of(HttpContext http)
    {
        if (http.User.Identity is not { IsAuthenticated: true })
            return ($"address {SourceNetwork.Of(http.SourceAddress())}", _requests);
        var subject = http.User.FindFirst("sub")!.Value;
        return http.User.HasClaim("roles", Roles.Service) ? ($"client {subject}", _serviceRequests) : ($"user {subject}", _requests);
    }

    private Task RefuseAsync(OnRejectedContext context)
    {
        var settings = Of(context.HttpContext).Settings;
        var retryAfter = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : settings.Window;
        return Problem.TooManyRequests("Too many requests came from this caller.", new("requests", settings.Permits, settings.Window, retryAfter))
            .ExecuteAsync(context.HttpContext);
    }

    /// <exception cref="InvalidOperationException">The limit would let nothing through; the message names its section.</exception>
    public static LimitSettings Settings(IConfiguration configuration, string section, LimitSettings settings)
    {
        configuration.GetSection(section).Bind(settings);
        return LimitSettings.Checked(settings, section);
    }
}
