using System.Globalization;
using System.Text.Json;
using Airliner.Benchmark.Load;
using Spectre.Console;

namespace Airliner.Benchmark.Reporting;

/// <summary>Shows the rows.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static void Print(IReadOnlyList<Row> rows)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("").AddColumn("side").AddColumns("ops/s", "p50 ms", "p99 ms", "errors", "ratio").AddColumn("aim");
        for (var column = 2; column < 7; column++)
            table.Columns[column].RightAligned();
        foreach (var row in rows)
        {
            table.AddRow([row.What, "system", .. Figures(row.System), row.Ratio is { } ratio ? Number(ratio, "0.00") : "", row.Aim ?? ""]);
            if (row.Peer is { } peer)
                table.AddRow(["", "peer", .. Figures(peer), "", ""]);
        }

        AnsiConsole.Write(table);
        foreach (var row in rows.Where(row => row.Note is not null))
            AnsiConsole.MarkupLineInterpolated($"[grey]{row.What}: {row.Note}[/]");
        foreach (var error in rows.SelectMany(row => new[] { row.System.FirstError, row.Peer?.FirstError }).OfType<string>())
            AnsiConsole.MarkupLineInterpolated($"[red]{error}[/]");
    }

    public static Task WriteAsync(string file, IReadOnlyList<Row> rows) => File.WriteAllTextAsync(file, JsonSerializer.Serialize(rows, _json));

    /// <summary>One round's figures, while it is measured.</summary>
    public static void Progress(string what, string side, LoadResult result) => AnsiConsole.MarkupLineInterpolated(
        $"[grey]{what,-34} {side,-7} {Number(result.OperationsPerSecond, "#,##0"),9}/s   p50 {Number(result.P50, "0.0"),7} ms   p99 {Number(result.P99, "0.0"),7} ms   errors {result.Errors}[/]");

    private static string[] Figures(LoadResult result) =>
        [Number(result.OperationsPerSecond, "#,##0"), Number(result.P50, "0.0"), Number(result.P99, "0.0"), Number(result.Errors, "#,##0")];

    private static string Number(double value, string format) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
}
