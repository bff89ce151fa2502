using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.ReportGeneration;

/// <summary>A report as a page that needs nothing else: no script, no font, no picture. Every text is escaped.</summary>
internal sealed class HtmlReportWriter(Stream stream, string title, IReadOnlyList<OutputColumn> columns) : IRowWriter
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;margin:2rem;color:#1a1a1a}table{border-collapse:collapse}"
        + "th,td{padding:.3rem .8rem;border-bottom:1px solid #ddd;text-align:left;white-space:pre-wrap}th{border-bottom:2px solid #888}"
        + ".n{text-align:right;font-variant-numeric:tabular-nums}";

    private static readonly HtmlEncoder _encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StreamWriter _writer = new(stream, new UTF8Encoding(false), 16 * 1024, leaveOpen: true);

    public async ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        var heading = Encode(title);
        await _writer.WriteAsync(
            $"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{heading}</title>\n"
            + $"<style>{Style}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n<table>\n<thead>\n<tr>");
        foreach (var column in columns)
            await _writer.WriteAsync($"<th scope=\"col\"{Class(column.Type is ColumnType.Measure)}>{Encode(column.Name)}</th>");
        await _writer.WriteAsync("</tr>\n</thead>\n<tbody>\n");
    }

    public async ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        await _writer.WriteAsync("<tr>");
        foreach (var column in columns)
            await _writer.WriteAsync($"<td{Class(column.KindIn(row) is CellKind.Number)}>{Encode(Encoding.UTF8.GetString(row.Cell(column.Cell)))}</td>");
        await _writer.WriteAsync("</tr>\n");
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await _writer.WriteAsync("</tbody>\n</table>\n</body>\n</html>\n");
        await _writer.FlushAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static string Class(bool isNumber) => isNumber ? " class=\"n\"" : "";

    private static string Encode(string text) => _encoder.Encode(text);
}
