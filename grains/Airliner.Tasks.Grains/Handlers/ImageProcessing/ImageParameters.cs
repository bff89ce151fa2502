using System.Globalization;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>The parameters of an <c>image_processing</c> task.</summary>
internal sealed record ImageParameters(long FileId, IReadOnlyList<ImageOperation> Operations, ImageFormat Format, int? Quality, string Name)
{
    private const int MaxOperations = 20;

    public static ImageParameters Parse(ITaskExecution execution)
    {
        var root = JsonMember.Root(execution.Parameters);
        var source = root.Member("source");
        if (!source.Exists)
            throw source.Wrong("is required");
        var (steps, quality) = (root.Member("operations"), root.Member("quality"));
        var operations = steps.Items().ConvertAll(ImageOperation.Parse);
        if (operations.Count > MaxOperations)
            throw steps.Wrong($"must have at most {MaxOperations} items");
        var format = root.Member("format").OneOf(ImageFormat.All);
        if (quality.Exists && format.Name == "png")
            throw quality.Wrong("is for jpeg and webp; png loses nothing");
        if (quality.Exists && quality.WholeNumber() is < 1 or > 100)
            throw quality.Wrong("must be from 1 to 100");
        var name = OutputName.File(root.Member("name"), string.Create(CultureInfo.InvariantCulture, $"image-{execution.TaskId}"), format.Name);
        return new(source.Member("fileId").WholeNumber(), operations, format, quality.Exists ? (int)quality.WholeNumber() : null, name);
    }
}
