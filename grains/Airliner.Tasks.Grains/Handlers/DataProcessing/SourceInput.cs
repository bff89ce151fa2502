namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Opens the source of a task: its text, or a file whose format is named or seen from its first bytes.</summary>
internal sealed class SourceInput(SourceParameter source, ITaskExecution execution, DataProcessingOptions limits)
{
    private const int SniffedBytes = 4096;

    // The rest, to 100, is the saving of the result.
    private const int ReadPercent = 99;

    public async Task<IRowSource> OpenAsync(CancellationToken cancellationToken)
    {
        if ((source.Format ?? await SniffAsync(cancellationToken)) is SourceFormat.Csv)
            return await CsvRowSource.OpenAsync(await OpenStreamAsync(0, ReadPercent, cancellationToken), limits, cancellationToken);

        IReadOnlyList<string> columns;
        await using (var lines = new LineReader(await OpenStreamAsync(0, ReadPercent / 2, cancellationToken), limits.MaxRowBytes))
            columns = await JsonLinesColumns.FindAsync(lines, limits.MaxColumns, cancellationToken);
        var rows = await OpenStreamAsync(ReadPercent / 2, ReadPercent, cancellationToken);
        return new JsonLinesRowSource(new LineReader(rows, limits.MaxRowBytes), columns);
    }

    private async Task<Stream> OpenStreamAsync(int fromPercent, int toPercent, CancellationToken cancellationToken) =>
        new ProgressStream(await OpenStreamAsync(cancellationToken), fromPercent, toPercent, execution.ReportProgress);

    private async Task<Stream> OpenStreamAsync(CancellationToken cancellationToken)
    {
        if (source.Text is { } text)
            return new MemoryStream(text, writable: false);
        var fileId = source.FileId!.Value;
        return await execution.OpenFileAsync(fileId, cancellationToken)
            ?? throw new TaskInputException($"source.fileId: there is no file {fileId}");
    }

    /// <summary>A JSON line starts with <c>{"</c> or <c>{}</c>, and no well-formed CSV starts with the first of them.</summary>
    private async Task<SourceFormat> SniffAsync(CancellationToken cancellationToken)
    {
        await using var stream = await OpenStreamAsync(cancellationToken);
        var start = new byte[SniffedBytes];
        var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        return LooksLikeJson(start.AsSpan(0, length)) ? SourceFormat.JsonLines : SourceFormat.Csv;
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
