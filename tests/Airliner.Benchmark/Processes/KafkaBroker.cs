using System.Diagnostics;
using Airliner.Contracts.Events;
using Airliner.Embedded;
using Airliner.Kafka.Embedded;

namespace Airliner.Benchmark.Processes;

/// <summary>
/// The broker: a real Kafka where a script for one is found, as the tests find it (<c>AIRLINER_TEST_KAFKA</c>, or one kept beside the checkout), else the
/// embedded one, in this process.
/// </summary>
internal sealed class KafkaBroker : IAsyncDisposable
{
    private readonly Func<ValueTask> _stop;

    private KafkaBroker(string address, bool isReal, Func<ValueTask> stop) => (Address, IsReal, _stop) = (address, isReal, stop);

    public string Address { get; }

    public bool IsReal { get; }

    public static async Task<KafkaBroker> StartAsync(string folder)
    {
        if (Script() is not { } script)
        {
            var embedded = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Topics = Topics.AllWithDeadLetters });
            return new(embedded.BootstrapServers, isReal: false, embedded.DisposeAsync);
        }

        // The controller takes the one after the broker's.
        var port = LoopbackPort.FreeRow(2);
        var data = Path.Combine(folder, "kafka");
        string[] place = ["--port", $"{port}", "--data", data];
        try
        {
            await RunAsync(script, ["start", .. place]);
        }
        catch (BenchmarkException)
        {
            // One random cluster id in 64 begins as an option does, and Kafka refuses it.
            await RunAsync(script, ["start", .. place]);
        }

        return new($"127.0.0.1:{port}", isReal: true, () => RunAsync(script, ["clean", .. place]));
    }

    public ValueTask DisposeAsync() => _stop();

    private static string? Script()
    {
        if (Environment.GetEnvironmentVariable("AIRLINER_TEST_KAFKA") is { Length: > 0 } named)
            return File.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "..", "shared", "kafka", "kafka");
            if (File.Exists(Path.Combine(folder.FullName, "Airliner.sln")))
                return File.Exists(beside) ? Path.GetFullPath(beside) : null;
        }

        return null;
    }

    private static async ValueTask RunAsync(string script, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(script, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new BenchmarkException($"{script} {string.Join(' ', arguments)} failed: {string.Concat(said)}");
    }
}
