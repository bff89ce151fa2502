using Airliner.Benchmark.Reporting;
using Airliner.Benchmark.Scenarios;
using Spectre.Console;

namespace Airliner.Benchmark;

/// <summary>Measures the rows that were asked for, and shows them.</summary>
internal static class BenchmarkRun
{
    public static async Task<int> RunAsync(BenchmarkOptions options, CancellationToken cancellation)
    {
        var rows = new List<Row>();
        try
        {
            await using var bench = new Bench(options);
            foreach (var scenario in Scenario.For([.. options.Rows]))
                rows.AddRange((await scenario.RunAsync(bench, cancellation)).Where(row => options.Rows.Contains(row.Name)));
        }
        finally
        {
            // Also what was measured before something failed or somebody had enough.
            if (rows.Count > 0)
                Report.Print(rows);
        }

        AnsiConsole.MarkupLineInterpolated($"[grey]{Environment.ProcessorCount} cores for everything, this generator included; medians of {options.Rounds} rounds of {options.Round.TotalSeconds} s, {options.Connections} connections.[/]");
        if (options.Json is { } file)
            await Report.WriteAsync(file, rows);
        return rows.Sum(row => row.System.Errors + (row.Peer?.Errors ?? 0)) == 0 ? 0 : 1;
    }
}
