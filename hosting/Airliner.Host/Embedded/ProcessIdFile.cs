using System.Globalization;

namespace Airliner.Host.Embedded;

/// <summary>
/// The file in the data folder by which <c>airliner down</c> finds the process: there from before the start until after the stop, both of which may take long. It
/// is written and removed by the holder of the folder's lock alone. It outlives a crash.
/// </summary>
internal sealed class ProcessIdFile : IAsyncDisposable
{
    private readonly string _path;

    private ProcessIdFile(string path) => _path = path;

    public static ProcessIdFile Write(string dataFolder)
    {
        var file = new ProcessIdFile(Path.Combine(dataFolder, "host.pid"));
        File.WriteAllText(file._path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return file;
    }

    public ValueTask DisposeAsync()
    {
        File.Delete(_path);
        return ValueTask.CompletedTask;
    }
}
