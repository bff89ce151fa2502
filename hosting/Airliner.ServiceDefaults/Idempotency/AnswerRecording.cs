using Airliner.Contracts.Idempotency;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Airliner.ServiceDefaults.Idempotency;

/// <summary>Records answers, and gives them again.</summary>
internal static class AnswerRecording
{
    public const string Replayed = "Idempotent-Replayed";

    /// <summary>
    /// A larger answer is not kept. Its command is safe to repeat, and the repeat answers with what is there. 9 MiB is what the largest batch answers: the 8 MiB of its
    /// body, which come back as parameters, and 1 KiB for each of a thousand tasks. Messages between gateway and silo may have 100 MB.
    /// </summary>
    public const int MostBytes = 9 << 20;

    /// <summary>What belongs to the answer, and not to the moment of giving it.</summary>
    private static readonly string[] _headers = ["Content-Type", "Location", "ETag"];

    /// <summary>
    /// Has <paramref name="respond"/> write its answer into memory. It runs to its end although the client may be gone: it is then that the client comes back.
    /// </summary>
    public static async Task<StoredAnswer> RecordAsync(HttpContext http, Func<Task> respond)
    {
        var (response, body, aborted) = (http.Response, http.Response.Body, http.RequestAborted);
        using var recorded = new MemoryStream();
        response.Body = recorded;
        http.RequestAborted = CancellationToken.None;
        try
        {
            try
            {
                await respond();
            }
            catch (BadHttpRequestException error)
            {
                // What the framework could not bind is answered in here, as an answer like any other.
                await http.RequestServices.GetRequiredService<IExceptionHandler>().TryHandleAsync(http, error, CancellationToken.None);
            }

            await response.BodyWriter.FlushAsync();
        }
        finally
        {
            response.Body = body;
            http.RequestAborted = aborted;
        }

        return new(
            response.StatusCode,
            _headers.Where(response.Headers.ContainsKey).ToDictionary(name => name, name => response.Headers[name].ToString(), StringComparer.Ordinal),
            recorded.ToArray());
    }

    /// <summary>
    /// Whether the answer is what the request comes to. One that depends on the moment is not: who may not, too many requests, a fault. Nor is what must not be
    /// stored.
    /// </summary>
    public static bool IsKept(HttpResponse response, StoredAnswer answer) =>
        answer.Status is < 500 and not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests)
        && answer.Body.Length <= MostBytes
        && !response.Headers.CacheControl.ToString().Contains("no-store", StringComparison.OrdinalIgnoreCase);

    public static Task ReplayAsync(HttpResponse response, StoredAnswer answer)
    {
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        response.Headers[Replayed] = "true";
        return WriteBodyAsync(response, answer.Body);
    }

    public static async Task WriteBodyAsync(HttpResponse response, byte[] body)
    {
        if (body.Length == 0)
            return;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
