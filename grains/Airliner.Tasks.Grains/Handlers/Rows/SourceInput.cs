namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Opens the source of a task: its text, or a file whose format is named or seen from its first bytes. What is read moves the progress through a range.</summary>
internal sealed class SourceInput(SourceParameter source, ITaskExecution execution, RowOptions limits, int fromPercent = 0, int toPercent = SourceInput.ReadPercent)
{
    /// <summary>The rest, to 100, is the saving of the result.</summary>
    public const int ReadPercent = 99;

    private const int SniffedBytes = 4096;

    public async Task<IRowSource> OpenAsync(CancellationToken cancellationToken) =>
        (source.Format ?? await SniffAsync(cancellationToken)) switch
        {
            SourceFormat.Csv => await CsvRowSource.OpenAsync(await OpenStreamAsync(fromPercent, toPercent, cancellationToken), limits, cancellationToken),
            SourceFormat.JsonLines => await OpenJsonLinesAsync(cancellationToken),
            SourceFormat.Xlsx => XlsxRowSource.Open(await OpenStreamAsync(cancellationToken), source, limits, (part, length) => new ProgressStream(part, fromPercent, toPercent, execution.ReportProgress, length)),
            _ => await ParquetRowSource.OpenAsync(
                await OpenStreamAsync(cancellationToken), source, limits, share => execution.ReportProgress(fromPercent + (int)((toPercent - fromPercent) * share)), cancellationToken),
        };

    private async Task<IRowSource> OpenJsonLinesAsync(CancellationToken cancellationToken)
    {
        var half = (fromPercent + toPercent) / 2;
        IReadOnlyList<string> columns;
        await using (var lines = new LineReader(await OpenStreamAsync(fromPercent, half, cancellationToken), limits.MaxRowBytes))
            columns = await JsonLinesColumns.FindAsync(lines, limits, cancellationToken);
        var rows = await OpenStreamAsync(half, toPercent, cancellationToken);
        return new JsonLinesRowSource(new LineReader(rows, limits.MaxRowBytes), columns);
    }

    private async Task<Stream> OpenStreamAsync(int from, int to, CancellationToken cancellationToken) =>
        new ProgressStream(await OpenStreamAsync(cancellationToken), from, to, execution.ReportProgress);

    private async Task<Stream> OpenStreamAsync(CancellationToken cancellationToken) => source.Text is { } text
        ? new MemoryStream(text, writable: false)
        : await SourceFile.OpenAsync(execution, $"{source.Member}.fileId", source.FileId!.Value, "may have at most", limits.MaxFileBytes, cancellationToken);

    /// <summary>
    /// A JSON line starts with <c>{"</c> or <c>{}</c>, and no well-formed CSV starts with the first of them. A workbook is a zip archive, and a Parquet file says
    /// what it is.
    /// </summary>
    private async Task<SourceFormat> SniffAsync(CancellationToken cancellationToken)
    {
        await using var stream = await OpenStreamAsync(cancellationToken);
        var start = new byte[SniffedBytes];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        var seen = start.AsSpan(0, length);
        return seen.StartsWith("PK\u0003\u0004"u8) ? SourceFormat.Xlsx
            : seen.StartsWith("PAR1"u8) ? SourceFormat.Parquet
            : LooksLikeJson(seen) ? SourceFormat.JsonLines
            : SourceFormat.Csv;
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("\uFEFF"u8))
            start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        if (start.IsEmpty || start[0] != (byte)'{')
            return false;
        start = start[1..].TrimStart(" \t"u8);
        return !start.IsEmpty && start[0] is (byte)'"' or (byte)'}';
    }
}
