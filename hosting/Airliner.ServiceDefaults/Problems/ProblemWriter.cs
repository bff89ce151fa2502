using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.ServiceDefaults.Grpc;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>Completes a problem with the members that every one has, and writes it.</summary>
public static class ProblemWriter
{
    private static readonly JsonSerializerOptions _json = CreateOptions();

    /// <summary>Writes <paramref name="problem"/>, whose <c>status</c> and <c>detail</c> are set, as the answer.</summary>
    public static Task WriteAsync(HttpContext http, ProblemDetails problem)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(problem);
        Complete(http, problem);
        if (GrpcProblems.IsGrpc(http.Request))
            return GrpcProblems.WriteAsync(http, problem);
        if (OAuthProblems.IsOAuth(http.Request))
            return OAuthProblems.WriteAsync(http, problem);
        http.Response.StatusCode = problem.Status!.Value;
        return http.Response.WriteAsJsonAsync(problem, problem.GetType(), _json, "application/problem+json", http.RequestAborted);
    }

    internal static void Complete(HttpContext http, ProblemDetails problem)
    {
        var status = problem.Status!.Value;
        problem.Type ??= $"https://www.rfc-editor.org/rfc/rfc9110#section-15.{(status < 500 ? 5 : 6)}";
        problem.Title = problem.Title is null or "One or more validation errors occurred." ? ReasonPhrases.GetReasonPhrase(status) : problem.Title;
        problem.Detail ??= problem.Title;
        problem.Instance ??= http.Request.PathBase + http.Request.Path;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        // What clients read that know no problem details.
        problem.Extensions["message"] = problem.Detail;
        problem.Extensions["error"] = Code(status);
    }

    private static string Code(int status) => status switch
    {
        400 => "BAD_REQUEST",
        401 => "UNAUTHORIZED",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        406 => "NOT_ACCEPTABLE",
        409 => "CONFLICT",
        412 => "PRECONDITION_FAILED",
        413 => "PAYLOAD_TOO_LARGE",
        415 => "UNSUPPORTED_MEDIA_TYPE",
        416 => "RANGE_NOT_SATISFIABLE",
        422 => "UNPROCESSABLE",
        429 => "RATE_LIMITED",
        503 => "UNAVAILABLE",
        504 => "GATEWAY_TIMEOUT",
        < 500 => "BAD_REQUEST",
        _ => "INTERNAL_SERVER_ERROR",
    };

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        AirlinerJson.Apply(options);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        return options;
    }
}
