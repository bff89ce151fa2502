using Airliner.ServiceDefaults.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Scalar.AspNetCore;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>What every answer tells browsers and caches (OWASP: REST Security, HTTP Headers). What a route says itself stays as it is.</summary>
internal static class SecurityHeaders
{
    /// <summary>Where the reference page and its script are.</summary>
    public const string Documentation = "/docs";

    /// <summary>An answer is data: a browser that shows it as a page runs and loads nothing, in nobody's frame.</summary>
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000";

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((http, next) =>
    {
        // As it starts, for what handles exceptions clears the headers.
        http.Response.OnStarting(Add, http);
        return next(http);
    });

    private static Task Add(object state)
    {
        var http = (HttpContext)state;
        // No browser reads those.
        if (GrpcProblems.IsGrpc(http.Request))
            return Task.CompletedTask;
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        // Not for this machine's own name, which a browser would from then on ask for over TLS on every port.
        if (http.Request.IsHttps && http.Request.Host.Host != "localhost")
            headers.StrictTransportSecurity = OneYear;
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = http.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce ? PagePolicy(nonce) : DataPolicy;
        // Nearly every answer has personal data or a token; the page's script has neither, and is large.
        if (headers.CacheControl.Count == 0 && !http.Request.Path.StartsWithSegments(Documentation))
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    /// <summary>The reference page runs its own script and talks to its own gateway. It makes styles as it goes.</summary>
    private static string PagePolicy(string nonce) =>
        $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}
