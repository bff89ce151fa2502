using System.Globalization;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;
using Spectre.Console;

namespace Airliner.Benchmark.Scenarios;

/// <summary>
/// The memory of the embedded system: its process and its Postgres, idle, and where a soak was asked for, under a full load of creates. The embedded system has
/// the documented ports, so nothing else may have them.
/// </summary>
internal sealed class MemoryScenario : Scenario
{
    private static readonly TimeSpan _settle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _sampleEvery = TimeSpan.FromSeconds(30);

    public override IReadOnlyList<string> Measures { get; } = ["memory"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"airliner-bench-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        try
        {
            var settings = new Dictionary<string, string>
            {
                ["AIRLINER_ADMIN_PASSWORD"] = SystemUnderTest.ClientSecret,
                ["AIRLINER_SERVICE_CLIENT_ID"] = SystemUnderTest.ClientId,
                ["AIRLINER_SERVICE_CLIENT_SECRET"] = SystemUnderTest.ClientSecret,
            };
            await using var host = await ServiceProcess.StartAsync("Airliner.Host", ["up", "--data", folder], settings, 5003, folder, cancellation);
            try
            {
                return await MeasureAsync(bench, host, folder, cancellation);
            }
            finally
            {
                await host.StopAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(Bench bench, ServiceProcess host, string folder, CancellationToken cancellation)
    {
        using (var settled = new PeriodicTimer(_settle))
            await settled.WaitForNextTickAsync(cancellation);
        var idle = Sample();
        var note = string.Create(CultureInfo.InvariantCulture, $"idle {idle:0} MiB (aim ≤ 600)");
        var load = new LoadResult(double.NaN, double.NaN, double.NaN, double.NaN, 0);
        if (bench.Options.Soak > TimeSpan.Zero)
        {
            var samples = new List<double>();
            load = await SoakAsync(bench, () => samples.Add(Sample()), cancellation);
            note += string.Create(
                CultureInfo.InvariantCulture,
                $"; {bench.Options.Soak.TotalMinutes} min of creates at full load, MiB each {_sampleEvery.TotalSeconds} s: {string.Join(" ", samples.Select(sample => $"{sample:0}"))}");
        }

        return [new("memory", "memory of the embedded system", load, Aim: "≤ 600 MB idle, bounded under load", Note: note)];

        double Sample()
        {
            var memory = Memory.MebibytesOf([host.Id, .. Memory.Family(Postmaster(folder))]);
            AnsiConsole.MarkupLineInterpolated($"[grey]memory {memory:0} MiB, of it the system's process {Memory.MebibytesOf([host.Id]):0}[/]");
            return memory;
        }
    }

    private static async Task<LoadResult> SoakAsync(Bench bench, Action sample, CancellationToken cancellation)
    {
        using var accounts = new Accounts(users: 5001, auth: 5004);
        var parts = new List<LoadResult>();
        for (var left = bench.Options.Soak; left > TimeSpan.Zero; left -= _sampleEvery)
        {
            var workload = TaskLoads.Later(await accounts.TakeAsync(10, cancellation));
            var part = await new HttpLoad(5002, workload, bench.Options.Connections).RunAsync(_sampleEvery < left ? _sampleEvery : left, null, cancellation);
            Report.Progress("soak: create", "system", part);
            parts.Add(part);
            sample();
        }

        return LoadResult.MedianOf(parts);
    }

    /// <summary>The process of the server whose data are in the folder; the cluster may be kept elsewhere, and linked.</summary>
    private static int Postmaster(string folder)
    {
        var server = new DirectoryInfo(Path.Combine(folder, "postgres", "server"));
        var data = Path.Combine(server.LinkTarget ?? server.FullName, "data", "postmaster.pid");
        return int.Parse(File.ReadLines(data).First(), CultureInfo.InvariantCulture);
    }
}
