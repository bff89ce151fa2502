using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;

namespace Airliner.Benchmark;

/// <summary>What the scenarios share; each part is started when it is first asked for.</summary>
internal sealed class Bench(BenchmarkOptions options) : IAsyncDisposable
{
    private Environs? _environs;
    private SystemUnderTest? _system;
    private PeerProcess? _peer;
    private PeerProcess? _hangfire;
    private Accounts? _accounts;

    public BenchmarkOptions Options => options;

    /// <summary>How long the turn that is under way loads a side.</summary>
    public TimeSpan Turn { get; private set; } = options.Round;

    public async Task<Environs> EnvironsAsync(CancellationToken cancellation) => _environs ??= await Environs.StartAsync(cancellation);

    public async Task<Gateway> ServiceAsync(string service, CancellationToken cancellation) =>
        await (_system ??= new(await EnvironsAsync(cancellation))).ServiceAsync(service, cancellation);

    /// <summary>The database of a service that was started.</summary>
    public Task<string> DatabaseAsync(string service) => _system!.DatabaseAsync(service);

    public async Task<PeerProcess> PeerAsync(CancellationToken cancellation) =>
        _peer ??= await PeerProcess.StartAsync("Airliner.Benchmark.Peer", "PEER", await EnvironsAsync(cancellation), cancellation);

    /// <summary>The peer that runs jobs.</summary>
    public async Task<PeerProcess> HangfireAsync(CancellationToken cancellation) =>
        _hangfire ??= await PeerProcess.StartAsync("Airliner.Benchmark.Hangfire", "HANGFIRE", await EnvironsAsync(cancellation), cancellation);

    public async Task<Accounts> AccountsAsync(CancellationToken cancellation) => _accounts ??= new(
        (await ServiceAsync("Users", cancellation)).RestPort, (await ServiceAsync("Auth", cancellation)).RestPort);

    /// <summary>Warms both sides up, then loads them in turns.</summary>
    /// <param name="peer">Null where the peer does nothing of the kind.</param>
    /// <param name="against">What the other side is, where it is not the peer.</param>
    public async Task<(LoadResult System, LoadResult? Peer)> CompareAsync(
        string what, Func<Task<LoadResult>> system, Func<Task<LoadResult>>? peer = null, string against = "peer")
    {
        var (ours, theirs) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round <= options.Rounds; round++)
        {
            // The first round is the warm-up: what is compiled, prepared and cached then stays so.
            Turn = round == 0 ? options.WarmUp : options.Round;
            if (round < 2)
                await (await EnvironsAsync(CancellationToken.None)).AnalyzeAsync();
            await TakeTurnAsync("system", system, ours, round);
            if (peer is not null)
                await TakeTurnAsync(against, peer, theirs, round);
        }

        return (LoadResult.MedianOf(ours), peer is null ? null : LoadResult.MedianOf(theirs));

        async Task TakeTurnAsync(string side, Func<Task<LoadResult>> load, List<LoadResult> results, int round)
        {
            var result = await load();
            Report.Progress(round == 0 ? $"{what} (warm-up)" : what, side, result);
            if (round > 0)
                results.Add(result);
        }
    }

    /// <summary>One turn of HTTP load.</summary>
    public Task<LoadResult> LoadAsync(int port, IWorkload workload, CancellationToken cancellation, int? connections = null, double? perSecond = null) =>
        new HttpLoad(port, workload, connections ?? options.Connections).RunAsync(Turn, perSecond, cancellation);

    public async ValueTask DisposeAsync()
    {
        _accounts?.Dispose();
        foreach (var peer in new[] { _hangfire, _peer })
        {
            if (peer is not null)
                await peer.DisposeAsync();
        }

        if (_system is not null)
            await _system.DisposeAsync();
        if (_environs is not null)
            await _environs.DisposeAsync();
    }
}
