using NetVips;

namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>libvips, set up once for the process: of all that it can load, four formats are left, and nothing of one task is kept for the next.</summary>
internal static class ImageLibrary
{
    private static readonly string[] _loaders = ["VipsForeignLoadPng", "VipsForeignLoadJpeg", "VipsForeignLoadWebp", "VipsForeignLoadNsgif"];
    private static readonly Lock _lock = new();
    private static bool _isSetUp;

    public static void SetUp(ImageProcessingOptions options)
    {
        lock (_lock)
        {
            if (_isSetUp)
                return;
            // Files come from users: formats that run other programs, fetch other files or are seldom fuzzed stay shut.
            NetVips.NetVips.BlockUntrusted = true;
            Operation.Block("VipsForeignLoad", true);
            foreach (var loader in _loaders)
                Operation.Block(loader, false);
            Cache.Max = 0;
            NetVips.NetVips.Concurrency = options.ThreadsPerImage;
            // What is wrong with a file is the task's error, not a line on the console.
            Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, (_, _, _) => { });
            _isSetUp = true;
        }
    }
}
