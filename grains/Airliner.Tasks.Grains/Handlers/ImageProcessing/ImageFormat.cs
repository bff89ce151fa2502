using NetVips;

namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>A format that images are written in. Nothing of what a camera or editor noted beside the pixels goes along.</summary>
internal sealed record ImageFormat(string Name, string ContentType, Func<Image, int?, byte[]> Encode)
{
    private static readonly double[] _white = [255];

    public static IReadOnlyDictionary<string, ImageFormat> All { get; } = new ImageFormat[]
    {
        new("png", "image/png", (image, _) => image.PngsaveBuffer(keep: Enums.ForeignKeep.None)),
        new("jpeg", "image/jpeg", (image, quality) => image.JpegsaveBuffer(q: quality, keep: Enums.ForeignKeep.None)),
        new("webp", "image/webp", (image, quality) => image.WebpsaveBuffer(q: quality, keep: Enums.ForeignKeep.None)),
    }.ToDictionary(format => format.Name, StringComparer.Ordinal);

    /// <summary>The image as the format can show it: in a jpeg, what shone through becomes white.</summary>
    public Image Prepare(Image image) => Name == "jpeg" && image.HasAlpha() ? image.Flatten(_white) : image.Copy();
}
