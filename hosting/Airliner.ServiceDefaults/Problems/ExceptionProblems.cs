using System.Text;
using System.Text.Json;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>What an exception that reached the edge means to a REST client.</summary>
internal sealed partial class ExceptionProblems(ILogger<ExceptionProblems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
            return true;
        var problem = exception switch
        {
            BadHttpRequestException bad => Of(bad),
            // The reader of JSON leaves the bytes of texts alone, and what takes one of them finds out.
            InvalidOperationException { InnerException: DecoderFallbackException } when httpContext.Request.HasJsonContentType() => new() { Status = StatusCodes.Status400BadRequest, Detail = "The body is not valid UTF-8." },
            _ => Of(exception.Kind()),
        };
        if (problem.Status == StatusCodes.Status500InternalServerError)
            LogUnexpected(exception, httpContext.Request.Method, httpContext.Request.Path);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = ClusterErrors.RetryAfter;
        await ProblemWriter.WriteAsync(httpContext, problem);
        return true;
    }

    private static ProblemDetails Of(ClusterError error)
    {
        var status = error switch
        {
            ClusterError.StorageAway or ClusterError.SiloGone or ClusterError.Inconsistent => StatusCodes.Status503ServiceUnavailable,
            ClusterError.TimedOut => StatusCodes.Status504GatewayTimeout,
            ClusterError.Rejected => StatusCodes.Status400BadRequest,
            _ => StatusCodes.Status500InternalServerError,
        };
        return new() { Status = status, Detail = error.Text() };
    }

    /// <summary>A request that the framework could not bind.</summary>
    private static ProblemDetails Of(BadHttpRequestException error) => error.InnerException switch
    {
        JsonException json => JsonProblems.Of(json),
        // The framework's text for a body that is missing names our types.
        _ when error.StatusCode == StatusCodes.Status415UnsupportedMediaType => new() { Status = error.StatusCode, Detail = BodyMedia.Refusal },
        _ when error.StatusCode == StatusCodes.Status400BadRequest => new() { Status = error.StatusCode, Detail = "A JSON body is required, or a parameter is wrong." },
        _ => new() { Status = error.StatusCode, Detail = error.Message },
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} ended in an unexpected error")]
    private partial void LogUnexpected(Exception error, string method, string path);
}
