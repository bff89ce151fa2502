using NetVips;

namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>An image and what was made of it, step by step. Each keeps memory of libvips' that the collector knows nothing of, so all are let go together.</summary>
internal sealed class ImageChain(Image first) : IDisposable
{
    private readonly List<Image> _images = [first];

    public Image Last => _images[^1];

    public void Then(Func<Image, Image> step) => _images.Add(step(Last));

    public void Dispose()
    {
        foreach (var image in _images)
            image.Dispose();
    }
}
