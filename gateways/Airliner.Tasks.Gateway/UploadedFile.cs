using System.Diagnostics.CodeAnalysis;
using Airliner.Contracts.Tasks;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Airliner.Tasks.Gateway;

/// <summary>An upload's bytes with their name and type, as the client says.</summary>
/// <param name="ContentType">The media type without its parameters.</param>
/// <param name="Headers">The request's, or its part's.</param>
/// <param name="Body">The multipart body that the file is a part of; null where it is the body itself.</param>
internal sealed record UploadedFile(Stream Content, string Name, string ContentType, IDictionary<string, StringValues> Headers, MultipartReader? Body)
{
    [MemberNotNullWhen(true, nameof(Body))]
    public bool IsMultipart => Body is not null;

    /// <summary>The raw body, or the first file of a multipart body; null where there is none.</summary>
    public static async Task<UploadedFile?> ReadAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var named = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposed) ? disposed : null;
            return new(request.Body, NameOf(named), type?.MediaType.Value ?? StoredFiles.OctetStream, request.Headers, Body: null);
        }

        if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            return null;
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            return await NextAsync(reader, request.HttpContext.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException || error is IOException and not BadHttpRequestException)
        {
            return null; // Not a multipart body, whatever its type says.
        }
    }

    /// <summary>Whether another file comes after this one, whose bytes were read.</summary>
    /// <exception cref="InvalidDataException">What comes is no part of a multipart body.</exception>
    /// <exception cref="IOException">As with <see cref="InvalidDataException"/>, or the body ends too early.</exception>
    public async Task<bool> IsFollowedAsync(CancellationToken cancellationToken) => IsMultipart && await NextAsync(Body, cancellationToken) is not null;

    private static async Task<UploadedFile?> NextAsync(MultipartReader body, CancellationToken cancellationToken)
    {
        while (await body.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                return new(section.Body, NameOf(disposition), MediaTypeOf(section.ContentType), section.Headers ?? [], body);
        }

        return null;
    }

    private static string MediaTypeOf(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Value is { } media ? media : StoredFiles.OctetStream;

    private static string NameOf(ContentDispositionHeaderValue? disposition) => StoredFiles.NameOf(
        HeaderUtilities.RemoveQuotes(disposition?.FileNameStar is { HasValue: true } star ? star : disposition?.FileName ?? default).Value);
}
