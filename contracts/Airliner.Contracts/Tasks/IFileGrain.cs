using Orleans.Concurrency;

namespace Airliner.Contracts.Tasks;

/// <summary>One file's metadata; its bytes are in the artifact store and never pass through a grain. Key: the file's id.</summary>
[Alias("airliner.IFileGrain")]
public interface IFileGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Makes the file known, once its bytes are stored and if its user's quota has room for it. Where the command has made one under another id, that one is the
    /// answer.
    /// </summary>
    [Alias("Create")]
    Task<CreateFileResult> Create(CreateFile command);

    /// <summary>The file, null where there is none.</summary>
    [ReadOnly]
    [Alias("Get")]
    Task<FileView?> Get();

    /// <summary>Forgets the file; its bytes are the caller's to delete. Where there is none, nothing happens.</summary>
    [Alias("Delete")]
    Task Delete();
}

/// <summary>A file whose bytes are stored.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hex.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateFile")]
public sealed record CreateFile(
    [property: Id(0)] string CommandId,
    [property: Id(1)] long UserId,
    [property: Id(2)] string Name,
    [property: Id(3)] long Size,
    [property: Id(4)] string ContentType,
    [property: Id(5)] string Sha256);

/// <summary>How a create ended.</summary>
/// <param name="File">The file; null where the quota refused it.</param>
/// <param name="Usage">Where it refused, what was used of the quota.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateFileResult")]
public sealed record CreateFileResult([property: Id(0)] FileView? File, [property: Id(1)] FileUsage? Usage = null);

/// <summary>A file as REST shows one, and whose it is.</summary>
[GenerateSerializer]
[Immutable]
[Alias("airliner.FileView")]
public sealed record FileView(
    [property: Id(0)] long FileId,
    [property: Id(1)] long UserId,
    [property: Id(2)] string Name,
    [property: Id(3)] long Size,
    [property: Id(4)] string ContentType,
    [property: Id(5)] string Sha256,
    [property: Id(6)] DateTimeOffset CreatedAt)
{
    /// <summary>Where a file's bytes are in the artifact store.</summary>
    public static string ArtifactKey(long userId, long fileId) => $"{ArtifactsOf(userId)}/{fileId}";

    /// <summary>Where the bytes of all of a user's files are.</summary>
    public static string ArtifactsOf(long userId) => $"users/{userId}";
}
