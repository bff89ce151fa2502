using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>What goes wrong at the routes of OAuth before or beneath their own code, in the words of RFC 6749 (§5.2, and §4.1.2.1 for what is not the client's fault).</summary>
internal static class OAuthProblems
{
    public static bool IsOAuth(HttpRequest request) => request.Path.StartsWithSegments("/oauth2");

    public static Task WriteAsync(HttpContext http, ProblemDetails problem)
    {
        var status = problem.Status!.Value;
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        var error = status switch
        {
            StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable or StatusCodes.Status504GatewayTimeout => "temporarily_unavailable",
            >= StatusCodes.Status500InternalServerError => "server_error",
            _ => "invalid_request",
        };
        return http.Response.WriteAsJsonAsync(new Answer(error, problem.Detail!), http.RequestAborted);
    }

    private sealed record Answer([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description);
}
