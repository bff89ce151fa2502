namespace Airliner.Tasks.Grains.Handlers.FileUpload;

/// <summary>What one <c>file_upload</c> task may take: the section <c>Tasks:FileUpload</c>. The task's own time limit bounds the whole.</summary>
internal sealed class FileUploadOptions
{
    /// <summary>The largest file, in bytes: 2 GiB.</summary>
    public long MaxBytes { get; set; } = 2L << 30;

    /// <summary>How long the server may take to begin its answer.</summary>
    public TimeSpan AnswersWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the server may send nothing.</summary>
    public TimeSpan SilentFor { get; set; } = TimeSpan.FromSeconds(30);
}
