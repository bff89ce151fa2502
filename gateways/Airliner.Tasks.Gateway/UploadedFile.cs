using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Airliner.Tasks.Gateway;

/// <summary>An upload's bytes with their name and type, as the client says.</summary>
/// <param name="ContentType">The media type without its parameters.</param>
/// <param name="Headers">The request's, or its part's.</param>
internal sealed record UploadedFile(Stream Content, string Name, string ContentType, bool IsMultipart, IDictionary<string, StringValues> Headers)
{
    public const string OctetStream = "application/octet-stream";

    /// <summary>UTF-16 units, which no multi-byte character is cut by.</summary>
    private const int LongestName = 255;

    /// <summary>The raw body, or the first file of a multipart body; null where there is none.</summary>
    public static async Task<UploadedFile?> ReadAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var named = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposed) ? disposed : null;
            return new(request.Body, NameOf(named), type?.MediaType.Value ?? OctetStream, IsMultipart: false, request.Headers);
        }

        if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
            return null;
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
            {
                if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                    return new(section.Body, NameOf(disposition), MediaTypeOf(section.ContentType), IsMultipart: true, section.Headers ?? []);
            }
        }
        catch (Exception error) when (error is InvalidDataException || error is IOException and not BadHttpRequestException)
        {
            return null; // Not a multipart body, whatever its type says.
        }

        return null;
    }

    private static string MediaTypeOf(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Value is { } media ? media : OctetStream;

    /// <summary>The last part of the name that the client gave, without what cannot be seen or turns the text around.</summary>
    private static string NameOf(ContentDispositionHeaderValue? disposition)
    {
        var given = HeaderUtilities.RemoveQuotes(disposition?.FileNameStar is { HasValue: true } star ? star : disposition?.FileName ?? default).Value ?? "";
        var name = new StringBuilder();
        foreach (var rune in given[(given.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
        {
            if (name.Length + rune.Utf16SequenceLength > LongestName)
                break;
            if (!Rune.IsControl(rune) && !TurnsTextAround(rune))
                name.Append(rune.ToString());
        }

        return name.ToString().Trim() is { Length: > 0 } text && text is not ("." or "..") ? text : "file";
    }

    /// <summary>Marks that make <c>exe.txt</c> of <c>txt.exe</c> on the screen (UAX #9).</summary>
    private static bool TurnsTextAround(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
