using Airliner.ServiceDefaults.Idempotency;
using Microsoft.AspNetCore.Builder;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>
/// Pages of other origins may call a gateway from a browser where <c>AIRLINER_CORS_ORIGINS</c> names their origins, with commas between; by default
/// none may. Never with credentials: a page sends the token that it was given, and no cookie.
/// </summary>
internal static class CrossOrigins
{
    private const string Setting = "AIRLINER_CORS_ORIGINS";

    /// <summary>What a page may read beside the few headers that any may.</summary>
    private static readonly string[] _exposed = ["ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate", AnswerRecording.Replayed];

    /// <exception cref="InvalidOperationException">An entry is no origin; the message has it.</exception>
    public static void UseCrossOrigins(this WebApplication app)
    {
        var origins = app.Configuration.Entries(Setting);
        foreach (var origin in origins)
        {
            // Anything longer would never match, and * would be everybody.
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.GetLeftPart(UriPartial.Authority) != origin)
                throw new InvalidOperationException($"{Setting}: '{origin}' is not an origin such as https://app.example, without a path and a slash at its end.");
        }

        if (origins.Length > 0)
            app.UseCors(policy => policy.WithOrigins(origins).AllowAnyMethod().AllowAnyHeader().WithExposedHeaders(_exposed));
    }
}
