using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.Net.Http.Headers;

namespace Airliner.Tasks.Gateway;

/// <summary>Files over REST. Bytes go straight between the client and the artifact store.</summary>
internal static class FileEndpoints
{
    private static readonly string[] _head = [HttpMethods.Head];
    private static readonly string[] _safeTypes = [.. StoredFiles.SafeTypes];

    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Files");
        routes.MapPost("/files", FileUpload.HandleAsync).ReadsStream().TakesFile().Produces<FileAnswer>(201).Refuses(400, 403, 413);
        routes.MapGet("/files", List).Produces<FilesAnswer>().Refuses(400, 403).TakesPage(QueryMember.UserId);
        routes.MapGet("/files/{id:long}", Download).Produces<Stream>(200, StoredFiles.OctetStream, _safeTypes).Produces<Stream>(206, StoredFiles.OctetStream, _safeTypes)
            .Refuses(404, 412, 416).TakesHeader("Range", "The bytes to send, as in bytes=0-1023: 206, or 416 where the file has none of them.")
            .TakesHeader("If-Match", "The ETag that the file must have: 412 where it has another.").AnswersHeader("ETag", "The file's entity tag.")
            .WithDescription(
                "The bytes as they were stored, as an attachment. The type is the stored one, which is one of a few safe ones; any other, of an upload or of what a task "
                + "makes, is application/octet-stream.");
        routes.MapMethods("/files/{id:long}", _head, Download).ExcludeFromDescription(); // It answers as GET does.
        routes.MapDelete("/files/{id:long}", Delete).Produces(204).Refuses(403, 404);
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var userId = query.UserId();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        if (caller.Narrow(ref userId, "files") is { } refusal)
            return Problem.Forbidden(refusal);

        var files = await calls.Call(grains => grains.GetGrain<IFileQueriesGrain>(0).List(userId, page));
        var usage = userId is { } owner ? await calls.Call(grains => grains.GetGrain<IFileQueriesGrain>(0).Usage(owner)) : null;
        return Results.Ok(new FilesAnswer(files.Items, ListQuery.Pagination(page, files, file => file.FileId), usage));
    }

    private static async Task<IResult> Download(long id, HttpContext http, GrainCalls calls, IArtifactStore artifacts)
    {
        var file = await FindAsync(id, calls);
        var caller = http.Caller();
        if (file is null || !(caller.Is(file.UserId) || caller.ReadsAll))
            return NoSuchFile(id);
        if (await artifacts.OpenAsync(FileView.ArtifactKey(file.UserId, id), http.RequestAborted) is not { } content)
            return Problem.NotFound($"The bytes of file {id} are gone.");

        // Whatever the bytes are, a browser stores them and runs nothing in our name.
        http.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        http.Response.Headers[FileDigest.OfFile] = FileDigest.Write(file.Sha256);
        await Results.File(content, file.ContentType, file.Name, file.CreatedAt, new EntityTagHeaderValue($"\"{file.Sha256}\""), enableRangeProcessing: true)
            .ExecuteAsync(http);
        return http.Response.StatusCode switch
        {
            StatusCodes.Status416RangeNotSatisfiable => NotSent(http, $"File {id} has {file.Size} bytes, and none of those that Range names."),
            StatusCodes.Status412PreconditionFailed => NotSent(http, $"File {id} is not the one that the request is for."),
            _ => Results.Empty,
        };
    }

    /// <summary>The framework refuses without a body, under the headers of the file, of which the range alone is said of a refusal.</summary>
    private static IResult NotSent(HttpContext http, string detail)
    {
        var (status, range) = (http.Response.StatusCode, http.Response.Headers.ContentRange);
        http.Response.Clear();
        http.Response.Headers.ContentRange = range;
        return Problem.Of(status, detail);
    }

    private static async Task<IResult> Delete(long id, HttpContext http, GrainCalls calls, IArtifactStore artifacts, ILoggerFactory logs)
    {
        var file = await FindAsync(id, calls);
        var caller = http.Caller();
        if (file is null || !(caller.Is(file.UserId) || caller.ReadsAll))
            return NoSuchFile(id);
        if (!caller.Is(file.UserId) && !caller.IsAdmin)
            return Problem.Forbidden("A file is its owner's and the administrators' to delete.");
        // First, so that no file is ever there without its bytes.
        await calls.Call(grains => grains.GetGrain<IFileGrain>(id).Delete());
        await artifacts.TryDeleteAsync(FileView.ArtifactKey(file.UserId, id), logs);
        return Results.NoContent();
    }

    private static Task<FileView?> FindAsync(long id, GrainCalls calls) => calls.Call(grains => grains.GetGrain<IFileGrain>(id).Get());

    private static IResult NoSuchFile(long id) => Problem.NotFound($"There is no file {id}.");
}

/// <param name="Usage">What the user's files take of the quota; null where the list is of everybody's.</param>
internal sealed record FilesAnswer(IReadOnlyList<FileView> Files, Pagination Pagination, FileUsage? Usage);

internal sealed record FileAnswer(StoredFile File);

/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In hex.</param>
internal sealed record StoredFile(long FileId, string Name, long Size, string ContentType, string Sha256, DateTimeOffset CreatedAt);
