using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

/// <summary>One file's metadata. Key: file id. Store: table <c>files</c>.</summary>
[GrainType("file")]
internal sealed class FileGrain([PersistentState("file", TasksStorage.Files)] IPersistentState<FileState> file, IFileTable table, FileLimits limits, TimeProvider time)
    : Grain, IFileGrain
{
    public async Task<CreateFileResult> Create(CreateFile command)
    {
        if (file.RecordExists)
            return file.State.CommandId == command.CommandId ? new(View()) : throw new InvalidOperationException($"The file id {this.GetPrimaryKeyLong()} was given out twice.");
        try
        {
            await file.CommitAsync(FileState.Created(command, limits, time.Now()));
            return new(View());
        }
        catch (RecordRejectedException refused) when (refused.Constraint == TasksStorage.FilesQuota)
        {
            DeactivateOnIdle();
            return new(null, await table.UsageAsync(command.UserId));
        }
        catch (UniqueViolationException)
        {
            // The command made a file under the id that another gateway had allocated for it.
            DeactivateOnIdle();
            return new(await table.FindByCommandAsync(command.CommandId) ?? throw new InvalidOperationException($"The command {command.CommandId} made no file."));
        }
    }

    public Task<FileView?> Get() => Task.FromResult(file.RecordExists ? View() : null);

    public async Task Delete()
    {
        if (file.RecordExists)
            await file.ClearStateAsync();
        DeactivateOnIdle();
    }

    private FileView View() => file.State.View(this.GetPrimaryKeyLong());
}

/// <summary>A file as stored.</summary>
internal sealed record FileState : Record
{
    public string CommandId { get; init; } = "";

    public long UserId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    public string ContentType { get; init; } = "";

    /// <summary>Lower-case hex.</summary>
    public string Sha256 { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many bytes the user's files could have together when it was made; the table holds to it. Null of files from before there was a quota.</summary>
    public long? QuotaBytes { get; init; }

    /// <summary>How many files the user could have.</summary>
    public long? MaxFiles { get; init; }

    public static FileState Created(CreateFile command, FileLimits limits, DateTimeOffset now) => new()
    {
        CommandId = command.CommandId,
        UserId = command.UserId,
        Name = command.Name,
        Size = command.Size,
        ContentType = command.ContentType,
        Sha256 = command.Sha256,
        CreatedAt = now,
        QuotaBytes = limits.QuotaBytes,
        MaxFiles = limits.MaxFiles,
    };

    public FileView View(long fileId) => new(fileId, UserId, Name, Size, ContentType, Sha256, CreatedAt);
}
