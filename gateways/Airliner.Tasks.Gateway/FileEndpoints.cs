using Airliner.Artifacts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Airliner.Tasks.Gateway;

/// <summary>Files over REST. Bytes go straight between the client and the artifact store.</summary>
internal static class FileEndpoints
{
    /// <summary>The largest upload where <c>Files:MaxBytes</c> says none: 2 GiB.</summary>
    private const long DefaultMaxBytes = 2L << 30;

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Files");
        routes.MapPost("/files", Upload).ReadsStream().Produces<FileAnswer>(201).Refuses(400, 403, 413);
        routes.MapGet("/files/{id:long}", Download).Produces<Stream>(200, StoredFiles.OctetStream).Produces<Stream>(206, StoredFiles.OctetStream).Refuses(404, 416);
    }

    private static async Task<IResult> Upload(HttpContext http, GrainCalls calls, TaskIds ids, IArtifactStore artifacts, IConfiguration configuration)
    {
        var maxBytes = configuration.GetValue("Files:MaxBytes", DefaultMaxBytes);
        if (http.Caller().UserId is not { } userId)
            return Problem.Forbidden("A machine client has no files of its own.");
        // What surrounds the file in a multipart body comes on top.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = maxBytes + (1 << 20);
        if (await UploadedFile.ReadAsync(http.Request) is not { } part)
            return Problem.Invalid("body", "must be the file itself, or multipart/form-data with one file.");

        var fileId = await ids.Files.NextAsync();
        var key = FileView.ArtifactKey(userId, fileId);
        StoredArtifact stored;
        try
        {
            stored = await artifacts.SaveAsync(key, part.Content, maxBytes, http.RequestAborted);
        }
        catch (ArtifactTooLargeException)
        {
            return Problem.TooLarge($"A file may have at most {maxBytes} bytes.");
        }
        catch (Exception error) when (error is InvalidDataException || (error is IOException and not BadHttpRequestException && part.IsMultipart))
        {
            return Problem.Invalid("body", "is not a whole multipart body.");
        }

        var contentType = StoredFiles.TypeOf(part.ContentType);
        var isKept = false;
        try
        {
            // By what the file is: in a multipart body the text between the parts differs with every try.
            return await http.OnceAsync($"{part.Name}\n{contentType}\n{stored.Sha256}", async () =>
            {
                var command = new CreateFile(http.CommandId(), userId, part.Name, stored.Size, contentType, stored.Sha256);
                // Where it is unknown whether the file was made known its bytes stay: a file without bytes is worse.
                isKept = true;
                var file = await KnownAsync(calls, fileId, command, notMade: () => isKept = false);
                isKept = file.FileId == fileId;
                return Results.Created(
                    $"{RoutePrefixes.EventStreamMonitor}/files/{file.FileId}",
                    new FileAnswer(new(file.FileId, file.Name, file.Size, file.ContentType, file.Sha256, file.CreatedAt)));
            });
        }
        finally
        {
            if (!isKept)
                await artifacts.DeleteAsync(key, CancellationToken.None);
        }
    }

    /// <summary>Makes the file known.</summary>
    /// <param name="notMade">Told where it certainly was not.</param>
    private static async Task<FileView> KnownAsync(GrainCalls calls, long fileId, CreateFile command, Action notMade)
    {
        try
        {
            return await calls.Call(grains => grains.GetGrain<IFileGrain>(fileId).Create(command));
        }
        catch (Exception error) when (error is StorageUnavailableException or RecordRejectedException)
        {
            notMade();
            throw;
        }
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
}

internal sealed record FileAnswer(StoredFile File);

/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In hex.</param>
internal sealed record StoredFile(long FileId, string Name, long Size, string ContentType, string Sha256, DateTimeOffset CreatedAt);
