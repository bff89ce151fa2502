using System.Text.RegularExpressions;
using Airliner.ServiceDefaults.Problems;
using Microsoft.Extensions.Primitives;

namespace Airliner.Tasks.Gateway;

/// <summary>The SHA-256 of a file in headers (RFC 9530), by which both sides notice what the way has changed.</summary>
internal static partial class FileDigest
{
    /// <summary>The header with the digest of a whole file, whatever part of it is sent.</summary>
    public const string OfFile = "Repr-Digest";

    private const string OfContent = "Content-Digest";

    /// <summary>The headers by which an upload tells its digest. An upload is sent whole, so both mean the same.</summary>
    private static readonly string[] _headers = [OfContent, OfFile];

    /// <summary>The header's value.</summary>
    /// <param name="sha256">In hex.</param>
    public static string Write(string sha256) => $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(sha256))}:";

    /// <summary>What is wrong with the digests of an upload before its bytes have come; null where nothing is.</summary>
    public static IResult? Misfit(HttpRequest request, UploadedFile file)
    {
        // It would be that of the body with all that surrounds the file.
        if (file.IsMultipart && _headers.FirstOrDefault(request.Headers.ContainsKey) is { } misplaced)
            return Problem.Invalid(misplaced, "is not checked for a multipart body: give it among the part's own headers, or send the file alone.");
        foreach (var header in _headers)
        {
            if (file.Headers.TryGetValue(header, out var value) && Read(value) is null)
                return Problem.Invalid(header, "must have a SHA-256 digest (RFC 9530), as in sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:.");
        }

        return null;
    }

    /// <summary>Says that other bytes have come than the upload tells; null where it tells none, or these.</summary>
    /// <param name="sha256">Of what came, in hex.</param>
    public static IResult? Mismatch(UploadedFile file, string sha256)
    {
        var came = Write(sha256);
        foreach (var header in _headers)
        {
            if (file.Headers.TryGetValue(header, out var value) && Read(value) is { } told && told != came)
                return Problem.Invalid(header, $"is {told}, but what came has {came}. Nothing was stored.");
        }

        return null;
    }

    private static string? Read(StringValues value) => Digest().Match(value.ToString()) is { Success: true } found ? found.Groups["digest"].Value : null;

    [GeneratedRegex("(?:^|[,\\s])(?<digest>sha-256=:[A-Za-z0-9+/]{43}=:)")]
    private static partial Regex Digest();
}
