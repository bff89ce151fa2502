using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.ServiceDefaults.Grpc;

/// <summary>
/// An error that was found before the method ran, such as a missing token, as a gRPC client reads it: a status in the headers of an answer without messages.
/// Without that a client has the HTTP status alone, and shows no reason.
/// </summary>
internal static class GrpcProblems
{
    /// <summary>Whether a gRPC client asks, which only the port with HTTP/2 answers.</summary>
    public static bool IsGrpc(HttpRequest request) =>
        HttpProtocol.IsHttp2(request.Protocol) && request.ContentType is { } type && type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpContext http, ProblemDetails problem)
    {
        var response = http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)Code(problem.Status!.Value)).ToString(CultureInfo.InvariantCulture);
        // Percent-encoded, as the protocol has it.
        response.Headers["grpc-message"] = Uri.EscapeDataString(problem.Detail!);
        return response.CompleteAsync();
    }

    private static StatusCode Code(int status) => status switch
    {
        400 => StatusCode.InvalidArgument,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 or 405 or 415 => StatusCode.Unimplemented,
        413 or 429 => StatusCode.ResourceExhausted,
        503 => StatusCode.Unavailable,
        504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };
}
