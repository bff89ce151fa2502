using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Airliner.Tasks.Gateway;

/// <summary>Files over REST. Bytes go straight between the client and the artifact store.</summary>
internal static class FileEndpoints
{
    /// <summary>The largest upload: 2 GiB.</summary>
    private const long MaxBytes = 2L << 30;

    private const string OctetStream = "application/octet-stream";

    /// <summary>Types that a browser shows or stores, and never runs.</summary>
    private static readonly HashSet<string> _safeTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "text/csv", "text/plain", "application/json", "application/jsonl", "application/x-ndjson", "image/png", "image/jpeg", "image/webp", "image/gif", "application/zip",
    };

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Files");
        routes.MapPost("/files", Upload).Produces<FileAnswer>(201).Refuses(400, 403, 413);
        routes.MapGet("/files/{id:long}", Download).Produces<Stream>(200, OctetStream).Produces<Stream>(206, OctetStream).Refuses(404, 416);
    }

    private static async Task<IResult> Upload(HttpContext http, GrainCalls calls, TaskIds ids, IArtifactStore artifacts)
    {
        if (http.Caller().UserId is not { } userId)
            return Problem.Forbidden("A machine client has no files of its own.");
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBytes + (1 << 20);
        if (await UploadedPart.ReadAsync(http.Request) is not { } part)
            return Problem.Invalid("body", "must be the file itself, or multipart/form-data with one file.");

        var fileId = await ids.Files.NextAsync();
        StoredArtifact stored;
        try
        {
            stored = await artifacts.SaveAsync(FileView.ArtifactKey(userId, fileId), part.Content, MaxBytes, http.RequestAborted);
        }
        catch (ArtifactTooLargeException)
        {
            return Problem.TooLarge($"A file may have at most {MaxBytes} bytes.");
        }

        var command = new CreateFile(
            CommandIds.New(), userId, part.Name, stored.Size, _safeTypes.Contains(part.ContentType) ? part.ContentType : OctetStream, stored.Sha256);
        var file = await calls.Call(grains => grains.GetGrain<IFileGrain>(fileId).Create(command));
        return Results.Created(
            $"{RoutePrefixes.EventStreamMonitor}/files/{fileId}",
            new FileAnswer(new(file.FileId, file.Name, file.Size, file.ContentType, file.Sha256, file.CreatedAt)));
    }

    private static async Task<IResult> Download(long id, HttpContext http, GrainCalls calls, IArtifactStore artifacts)
    {
        var caller = http.Caller();
        var file = await calls.Call(grains => grains.GetGrain<IFileGrain>(id).Get());
        if (file is null || !(caller.Is(file.UserId) || caller.ReadsAll))
            return Problem.NotFound($"There is no file {id}.");
        if (await artifacts.OpenAsync(FileView.ArtifactKey(file.UserId, id), http.RequestAborted) is not { } content)
            return Problem.NotFound($"The bytes of file {id} are gone.");

        // Whatever the bytes are, a browser stores them and runs nothing in our name.
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        return Results.File(
            content, file.ContentType, file.Name, file.CreatedAt, new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true);
    }

    /// <summary>An upload's bytes with their name and type.</summary>
    private sealed record UploadedPart(Stream Content, string Name, string ContentType)
    {
        private const int LongestName = 255;

        /// <summary>The raw body, or the first file of a multipart body; null where there is none.</summary>
        public static async Task<UploadedPart?> ReadAsync(HttpRequest request)
        {
            if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            {
                var named = ContentDispositionHeaderValue.TryParse(request.Headers.ContentDisposition.ToString(), out var disposed) ? disposed : null;
                return new(request.Body, NameOf(named), type?.MediaType.Value ?? OctetStream);
            }

            if (HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
                return null;
            var reader = new MultipartReader(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(request.HttpContext.RequestAborted) is { } section)
            {
                if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                    return new(section.Body, NameOf(disposition), section.ContentType ?? OctetStream);
            }

            return null;
        }

        /// <summary>The last part of the name that the client gave, without control characters.</summary>
        private static string NameOf(ContentDispositionHeaderValue? disposition)
        {
            var given = HeaderUtilities.RemoveQuotes(disposition?.FileNameStar is { HasValue: true } star ? star : disposition?.FileName ?? default).Value ?? "";
            var name = new string([.. given[(given.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c)).Take(LongestName)]);
            return name.Length > 0 ? name : "file";
        }
    }
}

internal sealed record FileAnswer(StoredFile File);

/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In hex.</param>
internal sealed record StoredFile(long FileId, string Name, long Size, string ContentType, string Sha256, DateTimeOffset CreatedAt);
