using Airliner.Embedded;

namespace Airliner.Benchmark.Processes;

/// <summary>A peer, on a database of its own in the same server.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly ServiceProcess _process;

    private PeerProcess(ServiceProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<PeerProcess> StartAsync(string project, string database, Environs environs, CancellationToken cancellation)
    {
        var port = LoopbackPort.Free();
        var settings = new Dictionary<string, string>
        {
            ["Database"] = await environs.CreateDatabaseAsync(database),
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
        };
        return new(await ServiceProcess.StartAsync(project, [], settings, port, environs.Folder, cancellation), port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
