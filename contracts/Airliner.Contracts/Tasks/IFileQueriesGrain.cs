namespace Airliner.Contracts.Tasks;

/// <summary>Lists of files, and what users have of them. Any key.</summary>
[Alias("airliner.IFileQueriesGrain")]
public interface IFileQueriesGrain : IGrainWithIntegerKey
{
    /// <summary>Files, newest first.</summary>
    /// <param name="userId">Whose; null everybody's.</param>
    [Alias("List")]
    Task<Page<FileView>> List(long? userId, PageRequest page);

    /// <summary>What a user's files take of the quota.</summary>
    [Alias("Usage")]
    Task<FileUsage> Usage(long userId);
}

/// <summary>What a user's files take of the quota.</summary>
/// <param name="Bytes">Of all the files together.</param>
/// <param name="Files">How many there are.</param>
/// <param name="QuotaBytes">How many bytes they may have together.</param>
/// <param name="MaxFiles">How many there may be.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.FileUsage")]
public sealed record FileUsage(
    [property: Id(0)] long Bytes,
    [property: Id(1)] long Files,
    [property: Id(2)] long QuotaBytes,
    [property: Id(3)] long MaxFiles)
{
    /// <summary>The size of the largest file that there is room for; negative where there is none for an empty one.</summary>
    public long RoomBytes() => Files < MaxFiles ? Math.Max(QuotaBytes - Bytes, -1) : -1;

    /// <summary>Says that there is no room, and what would be needed.</summary>
    /// <param name="size">The file's bytes, or as many as came before its upload was ended.</param>
    public string Refusal(long size) => Files < MaxFiles
        ? $"The quota of {QuotaBytes} bytes has no room: {Bytes} are used, and the file needs at least {size}. Delete files that are needed no more."
        : $"The quota of {MaxFiles} files is used up. Delete files that are needed no more.";
}
