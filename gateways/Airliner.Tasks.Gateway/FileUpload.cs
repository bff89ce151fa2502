using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.Features;

namespace Airliner.Tasks.Gateway;

/// <summary>An upload: first its bytes, then the file that has them.</summary>
internal static class FileUpload
{
    /// <summary>The largest upload where <c>Files:MaxBytes</c> says none: 2 GiB.</summary>
    private const long DefaultMaxBytes = 2L << 30;

    public static async Task<IResult> HandleAsync(
        HttpContext http, GrainCalls calls, TaskIds ids, IArtifactStore artifacts, IConfiguration configuration, ILoggerFactory logs)
    {
        var maxBytes = configuration.GetValue("Files:MaxBytes", DefaultMaxBytes);
        if (http.Caller().UserId is not { } userId)
            return Problem.Forbidden("A machine client has no files of its own.");
        // What surrounds the file in a multipart body comes on top.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = maxBytes + (1 << 20);
        if (await UploadedFile.ReadAsync(http.Request) is not { } part)
            return NotOneFile();
        if (FileDigest.Misfit(http.Request, part) is { } misfit)
            return misfit;

        // What has no room is not even taken. An upload that may have been answered before is, since it may need no room any more.
        var usage = http.MayBeReplayed() ? null : await calls.Call(grains => grains.GetGrain<IFileQueriesGrain>(0).Usage(userId));
        var least = part.IsMultipart ? 0 : http.Request.ContentLength ?? 0;
        if (least > maxBytes)
            return TooLarge(maxBytes);
        if (usage is not null && usage.RoomBytes() < least)
            return Problem.TooLarge(usage.Refusal(least));

        var fileId = await ids.Files.NextAsync();
        var key = FileView.ArtifactKey(userId, fileId);
        var contentType = StoredFiles.TypeOf(part.ContentType);
        var isKept = false;
        try
        {
            var stored = await artifacts.SaveAsync(key, part.Content, Math.Min(maxBytes, usage?.RoomBytes() ?? maxBytes), http.RequestAborted);
            if (await part.IsFollowedAsync(http.RequestAborted))
                return NotOneFile();
            if (FileDigest.Mismatch(part, stored.Sha256) is { } mismatch)
                return mismatch;
            // By what the file is: in a multipart body the text between the parts differs with every try.
            return await http.OnceAsync($"{part.Name}\n{contentType}\n{stored.Sha256}", async () =>
            {
                var command = new CreateFile(http.CommandId(), userId, part.Name, stored.Size, contentType, stored.Sha256);
                // Where it is unknown whether the file was made known its bytes stay: a file without bytes is worse.
                isKept = true;
                var made = await calls.Call(grains => grains.GetGrain<IFileGrain>(fileId).Create(command), notDone: () => isKept = false);
                isKept = made.File?.FileId == fileId;
                return made.File is { } file
                    ? Results.Created(
                        $"{RoutePrefixes.EventStreamMonitor}/files/{file.FileId}",
                        new FileAnswer(new(file.FileId, file.Name, file.Size, file.ContentType, file.Sha256, file.CreatedAt)))
                    : Problem.TooLarge(made.Usage!.Refusal(stored.Size));
            });
        }
        catch (ArtifactTooLargeException tooLarge)
        {
            return tooLarge.MaxBytes < maxBytes && usage is not null ? Problem.TooLarge(usage.Refusal(tooLarge.MaxBytes + 1)) : TooLarge(tooLarge.MaxBytes);
        }
        catch (Exception error) when (!isKept && (error is InvalidDataException || (error is IOException and not BadHttpRequestException && part.IsMultipart)))
        {
            return Problem.Invalid("body", "is not a whole multipart body.");
        }
        finally
        {
            if (!isKept)
                await artifacts.TryDeleteAsync(key, logs);
        }
    }

    private static IResult NotOneFile() => Problem.Invalid("body", "must be the file itself, or multipart/form-data with one file.");

    private static IResult TooLarge(long maxBytes) => Problem.TooLarge($"A file may have at most {maxBytes} bytes.");
}
