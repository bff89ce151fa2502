using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>
/// What bodies of JSON may be: UTF-8 (RFC 8259 §8.1), and not compressed. The framework takes a charset as it is written, quotes and all, and fails at one that it does
/// not know; a coding it passes over.
/// </summary>
internal sealed class BodyMedia(RequestDelegate next)
{
    /// <summary>What a body of another media type is told.</summary>
    public const string Refusal = "The body must be application/json.";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        // A file is what it is.
        if (http.GetEndpoint()?.Metadata.GetMetadata<StreamedBodyMetadata>() is not null)
            return next(http);
        if (!http.Request.HasJsonContentType() || !MediaTypeHeaderValue.TryParse(headers.ContentType.ToString(), out var media))
            return next(http);
        if (headers.ContentEncoding.Count > 0 && !headers.ContentEncoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
            return RefuseAsync(http, "The body must come without a Content-Encoding.");
        if (!media.Parameters.Any(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)))
            return next(http);
        if (!HeaderUtilities.RemoveQuotes(media.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return RefuseAsync(http, "The body must be in UTF-8: the charset of its Content-Type is another.");
        media.Charset = "utf-8";
        headers.ContentType = media.ToString();
        return next(http);
    }

    private static Task RefuseAsync(HttpContext http, string detail) =>
        ProblemWriter.WriteAsync(http, new() { Status = StatusCodes.Status415UnsupportedMediaType, Detail = detail });
}
