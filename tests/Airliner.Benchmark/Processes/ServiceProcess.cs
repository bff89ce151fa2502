using System.Diagnostics;

namespace Airliner.Benchmark.Processes;

/// <summary>A process that is measured, or that what is measured needs.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan _startTakesAtMost = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan _askEvery = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly string _project;
    private readonly string _log;

    private ServiceProcess(Process process, string project, string log) => (_process, _project, _log) = (process, project, log);

    public int Id => _process.Id;

    /// <summary>Starts a project's program and waits until it says that it is ready.</summary>
    /// <param name="healthPort">Where it answers <c>/readyz</c>.</param>
    /// <param name="logs">The folder for what it writes.</param>
    public static async Task<ServiceProcess> StartAsync(
        string project, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings, int healthPort, string logs, CancellationToken cancellation)
    {
        var log = Path.Combine(logs, $"{project}-{healthPort}.log");
        // The shell gives the output a file without a reader in this process, and its own place to the program.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, "dotnet", Checkout.Program(project), .. arguments])
        {
            WorkingDirectory = logs,
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var service = new ServiceProcess(Process.Start(start)!, project, log);
        try
        {
            await service.WaitUntilReadyAsync(healthPort, cancellation);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process as it stands: its data go with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Asks the process to stop in order, and waits for its end.</summary>
    public async Task StopAsync()
    {
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]))
            await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WaitUntilReadyAsync(int port, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        using var timer = new PeriodicTimer(_askEvery);
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < _startTakesAtMost && !_process.HasExited;)
        {
            await timer.WaitForNextTickAsync(cancellation);
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/readyz"), cancellation);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
            {
                // Not there yet.
            }
        }

        var said = await File.ReadAllTextAsync(_log, CancellationToken.None);
        throw new BenchmarkException($"{_project} did not become ready: {(said.Length > 2000 ? said[..1000] + "…" + said[^1000..] : said)}");
    }
}
