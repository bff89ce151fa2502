using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>A limit that was met, as the headers of a 429 tell of it (draft-ietf-httpapi-ratelimit-headers, structured fields).</summary>
/// <param name="Policy">The limit's name.</param>
/// <param name="Quota">Requests in a window.</param>
/// <param name="RetryAfter">When the next one is let through.</param>
public sealed record RateLimit(string Policy, int Quota, TimeSpan Window, TimeSpan RetryAfter)
{
    internal void Apply(HttpResponse response)
    {
        response.Headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{Policy}\";q={Quota};w={Seconds(Window)}");
        response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{Policy}\";r=0;t={Seconds(RetryAfter)}");
        response.Headers.RetryAfter = Seconds(RetryAfter).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whole ones, at least one: who comes back a moment too early is refused again.</summary>
    private static long Seconds(TimeSpan time) => Math.Max(1, (long)Math.Ceiling(time.TotalSeconds));
}
