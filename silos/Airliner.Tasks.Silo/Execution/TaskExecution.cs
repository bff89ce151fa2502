using System.IO.Pipelines;
using System.Text.Json;
using Airliner.Artifacts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Handlers;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>One attempt as its handler sees it: parameters, progress, and the files of the task's own user.</summary>
internal sealed class TaskExecution(TaskAttempt attempt, IGrainFactory grains, IArtifactStore artifacts, RecordIds fileIds) : ITaskExecution
{
    /// <summary>The largest file that a task may make: 10 GiB.</summary>
    private const long MaxResultBytes = 10L << 30;

    private JsonElement? _parameters;
    private int _progress;

    public long TaskId => attempt.TaskId;

    public long UserId => attempt.UserId;

    public JsonElement Parameters => _parameters ??= JsonElement.Parse(attempt.Parameters);

    /// <summary>How far the handler says it is, 0–100.</summary>
    public int Progress => Volatile.Read(ref _progress);

    public void ReportProgress(int percent) => Volatile.Write(ref _progress, Math.Clamp(percent, 0, 100));

    public async Task<Stream?> OpenFileAsync(long fileId, CancellationToken cancellationToken)
    {
        var file = await grains.GetGrain<IFileGrain>(fileId).Get();
        return file is not null && file.UserId == UserId
            ? await artifacts.OpenAsync(FileView.ArtifactKey(UserId, fileId), cancellationToken)
            : null;
    }

    public async Task<long> SaveFileAsync(
        string name, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var usage = await Files.Usage(UserId);
        if (usage.RoomBytes() < 0)
            throw new TaskInputException(usage.Refusal(0));
        var fileId = (await fileIds.TakeAsync(1, cancellationToken))[0];
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe();
        var saving = SaveAsync(fileId, pipe.Reader, Math.Min(MaxResultBytes, usage.RoomBytes()), failed.Token);
        var writing = WriteAsync(pipe.Writer, write, failed.Token);
        try
        {
            await await Task.WhenAny(saving, writing);
            await writing;
            var stored = await saving;
            var command = new CreateFile(
                $"task-{TaskId}-{attempt.Number}-{fileId}", UserId, name, stored.Size, StoredFiles.TypeOf(contentType), stored.Sha256);
            await CreateAsync(command, fileId);
            return fileId;
        }
        catch (Exception error)
        {
            await failed.CancelAsync();
            await Task.WhenAll(saving, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (error is not ArtifactTooLargeException { MaxBytes: var limit })
                throw;
            throw new TaskInputException(limit < MaxResultBytes ? usage.Refusal(limit + 1) : $"The file {name} would have more than {MaxResultBytes} bytes.");
        }
    }

    private IFileQueriesGrain Files => grains.GetGrain<IFileQueriesGrain>(0);

    /// <summary>Makes the file known. Where it certainly was not, its bytes go; where that is unknown they stay, for a file without bytes is worse.</summary>
    private async Task CreateAsync(CreateFile command, long fileId)
    {
        try
        {
            var made = await grains.GetGrain<IFileGrain>(fileId).Create(command);
            if (made.Usage is { } usage)
                throw new TaskInputException(usage.Refusal(command.Size));
        }
        catch (Exception error) when (error is StorageUnavailableException or RecordRejectedException or TaskInputException)
        {
            await artifacts.DeleteAsync(FileView.ArtifactKey(UserId, fileId), CancellationToken.None);
            throw;
        }
    }

    private async Task<StoredArtifact> SaveAsync(long fileId, PipeReader pipe, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await artifacts.SaveAsync(FileView.ArtifactKey(UserId, fileId), pipe.AsStream(), maxBytes, cancellationToken);
        }
        finally
        {
            await pipe.CompleteAsync(); // A writer that waits for room, without a look at its token, must not wait for ever.
        }
    }

    private static async Task WriteAsync(PipeWriter pipe, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write(pipe.AsStream(leaveOpen: true), cancellationToken);
            await pipe.CompleteAsync();
        }
        catch (Exception error)
        {
            await pipe.CompleteAsync(error); // The store's reader gets it too, so that half a file is never kept.
            throw;
        }
    }
}
