using System.Text;
using System.Text.Json;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.ImageProcessing;
using Airliner.Tasks.Tests.DataProcessing;
using Microsoft.Extensions.Options;
using NetVips;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

public sealed class ImageProcessingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"resize":{"width":100}}""", 100, 50)]
    [InlineData("""{"resize":{"height":100}}""", 200, 100)]
    [InlineData("""{"resize":{"width":100,"height":100}}""", 100, 50)]
    [InlineData("""{"resize":{"width":100,"height":100,"fit":"cover"}}""", 100, 100)]
    [InlineData("""{"resize":{"width":100,"height":100,"fit":"fill"}}""", 100, 100)]
    [InlineData("""{"crop":{"left":10,"top":20,"width":30,"height":40}}""", 30, 40)]
    [InlineData("""{"rotate":{"degrees":90}}""", 200, 400)]
    [InlineData("""{"rotate":{"degrees":-180}}""", 400, 200)]
    [InlineData("""{"flip":"horizontal"}""", 400, 200)]
    [InlineData("""{"crop":{"left":0,"top":0,"width":100,"height":200}},{"rotate":{"degrees":270}},{"resize":{"width":50}}""", 50, 25)]
    [InlineData("", 400, 200)]
    public async Task Operations_run_one_after_the_other(string operations, int width, int height)
    {
        var execution = Execution(Picture(), $"\"format\":\"png\",\"operations\":[{operations}]");
        var result = await RunAsync(execution);
        using var image = Image.NewFromBuffer(execution.SavedBytes);
        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal((width, height), (result.GetProperty("width").GetInt32(), result.GetProperty("height").GetInt32()));
    }

    [Fact]
    public async Task Rotation_is_clockwise_and_flips_mirror()
    {
        // Its left half is red, its right half blue.
        Assert.Equal<double>(new double[] { 255, 0, 0 }, await PixelAsync("{\"rotate\":{\"degrees\":90}}", 100, 50));
        Assert.Equal<double>(new double[] { 0, 0, 255 }, await PixelAsync("{\"flip\":\"horizontal\"}", 50, 100));
        Assert.Equal<double>(new double[] { 255, 0, 0 }, await PixelAsync("{\"flip\":\"vertical\"}", 50, 100));
    }

    [Theory]
    [InlineData("png", "image/png", "pngload_buffer")]
    [InlineData("jpeg", "image/jpeg", "jpegload_buffer")]
    [InlineData("webp", "image/webp", "webpload_buffer")]
    public async Task An_image_is_converted(string format, string contentType, string loader)
    {
        var execution = Execution(Picture(), $"\"format\":\"{format}\"");
        var result = await RunAsync(execution);
        using var image = Image.NewFromBuffer(execution.SavedBytes);
        Assert.Equal((loader, $"image-1234.{format}", contentType), (image.Get("vips-loader"), execution.Saved!.Value.Name, execution.Saved.Value.ContentType));
        Assert.Equal(execution.SavedBytes.Length, result.GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task A_photograph_stands_as_it_was_held_and_tells_nothing_more()
    {
        byte[] photograph;
        using (var plain = Image.NewFromBuffer(Picture()))
        using (var noted = plain.Mutate(image =>
        {
            image.Set(GValue.GIntType, "orientation", 6);
            image.Set(GValue.GStrType, "exif-ifd0-Artist", "Amelia Earhart");
        }))
            photograph = noted.JpegsaveBuffer();
        Assert.Contains("Amelia", Encoding.Latin1.GetString(photograph), StringComparison.Ordinal);

        var execution = Execution(photograph, "\"format\":\"jpeg\"");
        await RunAsync(execution);

        using var image = Image.NewFromBuffer(execution.SavedBytes);
        Assert.Equal((200, 400), (image.Width, image.Height));
        Assert.DoesNotContain("Amelia", Encoding.Latin1.GetString(execution.SavedBytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_transparent_becomes_white_in_a_jpeg()
    {
        using var nothing = Image.Black(8, 8, 4).Copy(interpretation: Enums.Interpretation.Srgb);
        var execution = Execution(nothing.PngsaveBuffer(), "\"format\":\"jpeg\"");
        await RunAsync(execution);
        using var image = Image.NewFromBuffer(execution.SavedBytes);
        Assert.All(image.Getpoint(4, 4), value => Assert.InRange(value, 250, 255));
    }

    [Fact]
    public async Task An_image_of_too_many_pixels_is_refused_by_its_header()
    {
        using var large = Image.Black(8_000, 8_000);
        Assert.Equal("source.fileId: an image of 8000 x 8000 has more than 50000000 pixels", await FailureAsync(large.PngsaveBuffer(), "\"format\":\"png\""));
    }

    [Theory]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>")]
    [InlineData("P3 1 1 255 1 1 1 ")]
    [InlineData("II*\0")]
    [InlineData("")]
    [InlineData("1,2,3")]
    public async Task What_is_none_of_four_formats_is_refused(string content) =>
        Assert.Equal("source.fileId: the file is no image of the formats png, jpeg, webp or gif", await FailureAsync(Encoding.Latin1.GetBytes(content), "\"format\":\"png\""));

    [Fact]
    public async Task An_image_that_was_cut_off_fails_the_task()
    {
        var picture = Picture();
        Assert.StartsWith("source.fileId: ", await FailureAsync(picture[..(picture.Length / 2)], "\"format\":\"jpeg\""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_animation_is_refused()
    {
        using var black = Image.Black(10, 10);
        using var white = black.Invert();
        using var both = black.Join(white, Enums.Direction.Vertical);
        using var frames = both.Mutate(image => image.Set(GValue.GIntType, "page-height", 10));
        Assert.Equal("source.fileId: the image is an animation of 2 frames; still images alone can be processed", await FailureAsync(frames.WebpsaveBuffer(), "\"format\":\"png\""));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused() =>
        Assert.StartsWith("source.fileId: the file has ", await FailureAsync(Picture(), "\"format\":\"png\"", new() { MaxFileBytes = 10 }), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"format\":\"png\",\"operations\":[{}]", "operations[0]: must have exactly one of resize, crop, rotate, flip")]
    [InlineData("\"format\":\"png\",\"operations\":[{\"resize\":{}}]", "operations[0].resize: must have width, height or both")]
    [InlineData("\"format\":\"png\",\"operations\":[{\"resize\":{\"width\":0}}]", "operations[0].resize.width: must be from 1 to 16383")]
    [InlineData("\"format\":\"png\",\"operations\":[{\"resize\":{\"width\":9,\"fit\":\"cover\"}}]", "operations[0].resize.fit: needs width and height")]
    [InlineData("\"format\":\"png\",\"operations\":[{\"rotate\":{\"degrees\":45}}]", "operations[0].rotate.degrees: must be 90, 180 or 270 (clockwise), or the same with a minus")]
    [InlineData("\"format\":\"png\",\"operations\":[{\"crop\":{\"left\":390,\"top\":0,\"width\":20,\"height\":9}}]", "operations[0].crop: reaches to 410 x 9, and the image is 400 x 200 by then")]
    [InlineData("\"format\":\"png\",\"operations\":[{\"resize\":{\"width\":16000,\"height\":16000,\"fit\":\"fill\"}}]", "operations[0].resize: an image of 16000 x 16000 has more than 50000000 pixels")]
    [InlineData("\"format\":\"png\",\"quality\":50", "quality: is for jpeg and webp; png loses nothing")]
    [InlineData("\"format\":\"jpeg\",\"quality\":0", "quality: must be from 1 to 100")]
    [InlineData("\"operations\":[]", "format: is required; it must be one of png, jpeg, webp")]
    public async Task What_cannot_be_used_is_named(string members, string message) => Assert.Equal(message, await FailureAsync(Picture(), members));

    [Fact]
    public async Task Cancellation_ends_the_work_and_saves_nothing()
    {
        using var large = Image.Gaussnoise(3000, 3000).Cast(Enums.BandFormat.Uchar);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var execution = new CancelledOnProgress(Execution(large.JpegsaveBuffer(), "\"format\":\"png\""), cancellation);
        using var handler = Handler();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handler.RunAsync(execution, cancellation.Token));
        Assert.InRange(execution.Progress, 1, 90);
    }

    private static async Task<double[]> PixelAsync(string operation, int x, int y)
    {
        var execution = Execution(Picture(), $"\"format\":\"png\",\"operations\":[{operation}]");
        await RunAsync(execution);
        using var image = Image.NewFromBuffer(execution.SavedBytes);
        return image.Getpoint(x, y);
    }

    private static async Task<JsonElement> RunAsync(RecordedExecution execution)
    {
        using var handler = Handler();
        return await handler.RunAsync(execution, Token);
    }

    private static async Task<string> FailureAsync(byte[] file, string members, ImageProcessingOptions? options = null)
    {
        using var handler = Handler(options);
        return (await Assert.ThrowsAsync<TaskInputException>(() => handler.RunAsync(Execution(file, members), Token))).Message;
    }

    /// <summary>400 x 200: red, then blue.</summary>
    private static byte[] Picture()
    {
        using var black = Image.Black(200, 200, 3);
        using var red = black + new double[] { 255, 0, 0 };
        using var blue = black + new double[] { 0, 0, 255 };
        using var both = red.Join(blue, Enums.Direction.Horizontal).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        return both.PngsaveBuffer();
    }

    private static RecordedExecution Execution(byte[] file, string members) => Run.OfFile(file, members);

    private static ImageProcessingHandler Handler(ImageProcessingOptions? options = null) => new(Options.Create(options ?? new ImageProcessingOptions()));

    private sealed class CancelledOnProgress(RecordedExecution inner, CancellationTokenSource cancellation) : ITaskExecution
    {
        public int Progress { get; private set; }

        public long TaskId => inner.TaskId;

        public long UserId => inner.UserId;

        public JsonElement Parameters => inner.Parameters;

        public void ReportProgress(int percent)
        {
            Progress = percent;
            if (percent > 0)
                cancellation.Cancel();
        }

        public Task<Stream?> OpenFileAsync(long fileId, CancellationToken cancellationToken) => inner.OpenFileAsync(fileId, cancellationToken);

        public Task<long> SaveFileAsync(string name, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is to be saved.");
    }
}
