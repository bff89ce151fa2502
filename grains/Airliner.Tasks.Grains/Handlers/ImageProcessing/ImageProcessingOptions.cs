namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>What <c>image_processing</c> tasks may use: the section <c>Tasks:Images</c>.</summary>
internal sealed class ImageProcessingOptions
{
    /// <summary>The largest image file, in bytes; it is in memory as a whole.</summary>
    public long MaxFileBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>The most pixels of an image, as it comes and after each operation. What its header says is looked at before anything is decoded.</summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>Images that one process works on at a time; others wait for their turn. An image takes up to 8 bytes a pixel.</summary>
    public int MaxAtOnce { get; set; } = 2;

    /// <summary>Threads that one image is worked on with.</summary>
    public int ThreadsPerImage { get; set; } = 1;
}
