namespace Airliner.Artifacts;

/// <summary>The content of an artifact has more bytes than its caller takes; nothing was stored.</summary>
/// <param name="maxBytes">The limit that was passed, in bytes.</param>
public sealed class ArtifactTooLargeException(long maxBytes) : Exception($"The content is larger than {maxBytes} bytes.")
{
    /// <summary>The limit that was passed, in bytes.</summary>
    public long MaxBytes { get; } = maxBytes;
}
