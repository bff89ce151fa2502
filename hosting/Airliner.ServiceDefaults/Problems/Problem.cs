using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>Error answers (RFC 9457), each kind in one place.</summary>
public static class Problem
{
    /// <summary>400 with a message for each field.</summary>
    public static IResult Invalid(IDictionary<string, string[]> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var detail = string.Join(" ", errors.SelectMany(field => field.Value.Select(message => $"{field.Key}: {message}")));
        return new ProblemResult(new HttpValidationProblemDetails(errors) { Status = StatusCodes.Status400BadRequest, Detail = detail });
    }

    /// <summary>400 for one field.</summary>
    public static IResult Invalid(string field, string message) => Invalid(new Dictionary<string, string[]> { [field] = [message] });

    public static IResult Unauthorized(string detail) => Of(StatusCodes.Status401Unauthorized, detail);

    public static IResult Forbidden(string detail) => Of(StatusCodes.Status403Forbidden, detail);

    public static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, detail);

    public static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    public static IResult TooLarge(string detail) => Of(StatusCodes.Status413PayloadTooLarge, detail);

    /// <summary>429 with <c>Retry-After</c>, <c>RateLimit</c> and <c>RateLimit-Policy</c>.</summary>
    public static IResult TooManyRequests(string detail, RateLimit limit) =>
        new ProblemResult(new ProblemDetails { Status = StatusCodes.Status429TooManyRequests, Detail = detail }, limit: limit);

    /// <summary>503 with <c>Retry-After</c>.</summary>
    public static IResult Unavailable(string detail, TimeSpan retryAfter) =>
        new ProblemResult(new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable, Detail = detail }, retryAfter);

    public static IResult Of(int status, string detail) => new ProblemResult(new ProblemDetails { Status = status, Detail = detail });

    /// <summary>400 for what is no JSON of the expected form: names the member that is wrong where it is known.</summary>
    public static IResult Of(JsonException error) => new ProblemResult(JsonProblems.Of(error));

    /// <summary>A problem as a part of an answer that tells of several things, with the members that every problem has.</summary>
    public static ProblemDetails AsPart(IResult problem, HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var details = problem is IValueHttpResult<ProblemDetails> { Value: { } value } ? value : throw new ArgumentException("It is no problem.", nameof(problem));
        // A subclass is written as such only where it is the answer itself.
        if (details is HttpValidationProblemDetails invalid)
            details.Extensions["errors"] = invalid.Errors;
        ProblemWriter.Complete(http, details);
        return details;
    }

    /// <summary>Writes the problem through the service that adds what every problem has.</summary>
    private sealed class ProblemResult(ProblemDetails problem, TimeSpan? retryAfter = null, RateLimit? limit = null) : IResult, IStatusCodeHttpResult, IValueHttpResult<ProblemDetails>
    {
        public int? StatusCode => problem.Status;

        public ProblemDetails? Value => problem;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = problem.Status!.Value;
            if (retryAfter is { } wait)
                httpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            limit?.Apply(httpContext.Response);
            await ProblemWriter.WriteAsync(httpContext, problem);
        }
    }
}
