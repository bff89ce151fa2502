using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Handlers.FileUpload;

/// <summary>
/// Fetches a file from a server into the user's files. Takes <c>{"url", "name"?, "sha256"?, "maxBytes"?}</c>; the result is
/// <c>{"fileId", "size", "sha256", "contentType", "name"}</c>. What the server refuses (4xx) and what the rule on addresses does is not tried again; a server that is
/// away, busy (429) or in trouble (5xx) is.
/// </summary>
internal sealed class FileUploadHandler(IRemoteFiles files, FileUploadOptions options, TimeProvider time) : ITaskHandler
{
    public string TaskType => TaskTypes.FileUpload;

    public async Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken)
    {
        var wanted = FileUploadParameters.Parse(execution.Parameters, options.MaxBytes);
        using var file = await OpenAsync(wanted.Url, cancellationToken);
        Check(file, wanted);
        var (name, contentType) = (wanted.Name ?? StoredFiles.NameOf(file.Name), StoredFiles.TypeOf(file.ContentType));
        var copy = new FileCopy(wanted, file.Size, options.SilentFor, execution, time);
        var fileId = await execution.SaveFileAsync(name, contentType, CopyAsync, cancellationToken);

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["fileId"] = fileId,
            ["size"] = copy.Size,
            ["sha256"] = copy.Sha256,
            ["contentType"] = contentType,
            ["name"] = name,
        });

        async Task CopyAsync(Stream stored, CancellationToken token)
        {
            await using var bytes = await file.ReadAsync(token);
            await copy.RunAsync(bytes, stored, token);
        }
    }

    private async Task<IRemoteFile> OpenAsync(string url, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.AnswersWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await files.OpenAsync(url, either.Token);
        }
        catch (RemoteAddressException refused)
        {
            throw new TaskInputException($"url: {refused.Message}");
        }
        catch (HttpRequestException error)
        {
            throw new TaskTryAgainException($"url: the server does not answer ({error.HttpRequestError}).");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TaskTryAgainException($"url: the server does not answer within {options.AnswersWithin.TotalSeconds} seconds.");
        }
    }

    private static void Check(IRemoteFile file, FileUploadParameters wanted)
    {
        if (file.Status is (int)HttpStatusCode.TooManyRequests or (int)HttpStatusCode.RequestTimeout or >= 500)
            throw new TaskTryAgainException($"url: the server answers {file.Status}.");
        if (file.Status is >= 300 and < 400)
            throw new TaskInputException($"url: the server answers {file.Status}, and redirects are not followed; give the address that it leads to.");
        if (file.Status != (int)HttpStatusCode.OK)
            throw new TaskInputException($"url: the server answers {file.Status} instead of 200.");
        if (file.Size > wanted.MaxBytes)
            throw new TaskInputException($"maxBytes: the file has {file.Size} bytes, and may have {wanted.MaxBytes}.");
    }
}
