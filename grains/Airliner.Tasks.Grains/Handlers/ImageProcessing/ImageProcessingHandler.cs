using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Options;
using NetVips;

namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>
/// Resizes, crops, turns and converts an image, by libvips. It stands as its camera held it (EXIF), in sRGB. The result is
/// <c>{"fileId", "name", "format", "width", "height", "bytes"}</c>.
/// </summary>
internal sealed class ImageProcessingHandler(IOptions<ImageProcessingOptions> options) : ITaskHandler, IDisposable
{
    private const int HalfPercent = 50;
    private const int SavedPercent = 99;

    private readonly SemaphoreSlim _turns = new(options.Value.MaxAtOnce);

    public string TaskType => TaskTypes.ImageProcessing;

    public async Task<JsonElement> RunAsync(ITaskExecution execution, CancellationToken cancellationToken)
    {
        ImageLibrary.SetUp(options.Value);
        var parameters = ImageParameters.Parse(execution);
        await _turns.WaitAsync(cancellationToken);
        try
        {
            var content = await ReadAsync(parameters.FileId, execution, cancellationToken);
            var (encoded, width, height) = Process(content, parameters, execution, cancellationToken);
            var fileId = await execution.SaveFileAsync(
                parameters.Name, parameters.Format.ContentType, async (stream, token) => await stream.WriteAsync(encoded, token), cancellationToken);
            return JsonSerializer.SerializeToElement(new JsonObject
            {
                ["fileId"] = fileId,
                ["name"] = parameters.Name,
                ["format"] = parameters.Format.Name,
                ["width"] = width,
                ["height"] = height,
                ["bytes"] = encoded.Length,
            });
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<byte[]> ReadAsync(long fileId, ITaskExecution execution, CancellationToken cancellationToken)
    {
        await using var file = await SourceFile.OpenAsync(execution, "source.fileId", fileId, "an image at most", options.Value.MaxFileBytes, cancellationToken);
        var content = new byte[file.Length];
        await file.ReadExactlyAsync(content, cancellationToken);
        return content;
    }

    private (byte[] Encoded, int Width, int Height) Process(byte[] content, ImageParameters parameters, ITaskExecution execution, CancellationToken cancellationToken)
    {
        try
        {
            using var chain = new ImageChain(Open(content));
            Check(chain.Last, "source.fileId");
            RefuseAnimation(chain.Last);
            var isDecodedFirst = StandUp(chain, parameters, execution, cancellationToken);
            foreach (var operation in parameters.Operations)
            {
                chain.Then(operation.Apply);
                Check(chain.Last, operation.Member);
            }

            var (width, height) = (chain.Last.Width, chain.Last.Height);
            if (Math.Max(width, height) > ImageOperation.MaxSide)
                throw new TaskInputException($"operations: the result is {width} x {height}, and a side has at most {ImageOperation.MaxSide} pixels");
            chain.Then(image => parameters.Format.Prepare(image));
            chain.Last.SetProgress(new Percents(execution, isDecodedFirst ? HalfPercent : 0, SavedPercent), cancellationToken);
            return (parameters.Format.Encode(chain.Last, parameters.Quality), width, height);
        }
        catch (VipsException problem)
        {
            // A cancelled evaluation is an error of libvips as well.
            cancellationToken.ThrowIfCancellationRequested();
            throw new TaskInputException($"source.fileId: the image cannot be processed: {FirstLine(problem)}");
        }
    }

    /// <summary>Reads the header alone.</summary>
    private static Image Open(byte[] content)
    {
        try
        {
            return Image.NewFromBuffer(content, access: Enums.Access.Sequential, failOn: Enums.FailOn.Truncated);
        }
        catch (VipsException)
        {
            throw new TaskInputException("source.fileId: the file is no image of the formats png, jpeg, webp or gif");
        }
    }

    private static void RefuseAnimation(Image image)
    {
        if (image.Contains("n-pages") && image.Get("n-pages") is int frames and > 1)
            throw new TaskInputException($"source.fileId: the image is an animation of {frames} frames; still images alone can be processed");
    }

    /// <summary>Stands the image up and brings its colours into sRGB, since the profile and the note on how it was held do not go along.</summary>
    /// <returns>Whether the image was decoded into memory for it.</returns>
    private static bool StandUp(ImageChain chain, ImageParameters parameters, ITaskExecution execution, CancellationToken cancellationToken)
    {
        var isTurned = chain.Last.Contains("orientation") && chain.Last.Get("orientation") is int and > 1;
        chain.Then(image => image.Contains("icc-profile-data") ? image.IccTransform("srgb", embedded: true) : image.Colourspace(Enums.Interpretation.Srgb));
        if (!isTurned && !parameters.Operations.Any(operation => operation.NeedsWholeImage))
            return false;
        // The file gives its rows from top to bottom, once: for another order they are decoded into memory, which the limit on pixels bounds.
        chain.Last.SetProgress(new Percents(execution, 0, HalfPercent), cancellationToken);
        chain.Then(image => image.CopyMemory());
        chain.Then(image => image.Autorot());
        return true;
    }

    private void Check(Image image, string member)
    {
        if ((long)image.Width * image.Height > options.Value.MaxPixels)
            throw new TaskInputException($"{member}: an image of {image.Width} x {image.Height} has more than {options.Value.MaxPixels} pixels");
    }

    private static string FirstLine(VipsException problem) => problem.Message.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains(':', StringComparison.Ordinal)) ?? problem.Message;

    private sealed class Percents(ITaskExecution execution, int from, int to) : IProgress<int>
    {
        public void Report(int value) => execution.ReportProgress(from + ((to - from) * Math.Clamp(value, 0, 100) / 100));
    }
}
