using CsvHelper;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Writes the result as CSV (RFC 4180, UTF-8), cell for cell as it is: nothing is prefixed or trimmed. Keeps the first rows for the preview.</summary>
internal sealed class ResultWriter(Stream stream, IReadOnlyList<string> columns, int[] cells) : IAsyncDisposable
{
    public const int PreviewRows = 20;

    // The preview travels with the task: a few wide rows must not make it megabytes.
    private const int MaxPreviewCell = 1_000;
    private const int MaxPreview = 200_000;

    private readonly CsvWriter _writer = CsvWriter.Create(stream, null, leaveOpen: true);
    private readonly List<string[]> _preview = [];
    private int _previewLength;

    public long Rows { get; private set; }

    /// <summary>The first rows; long cells are cut, and rows are left out where they are too long together.</summary>
    public IReadOnlyList<string[]> Preview => _preview;

    public ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        foreach (var column in columns)
            _writer.WriteField(column);
        return EndAsync(cancellationToken);
    }

    public ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        if (Rows++ < PreviewRows && _previewLength < MaxPreview)
            Keep(row);
        foreach (var cell in cells)
            _writer.WriteField(row.Cell(cell));
        return EndAsync(cancellationToken);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _writer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    // An empty source has no columns, and CSV has no way to write a row of none.
    private ValueTask EndAsync(CancellationToken cancellationToken) =>
        columns.Count == 0 ? ValueTask.CompletedTask : _writer.EndRecordAsync(cancellationToken);

    private void Keep(IRow row)
    {
        var texts = Array.ConvertAll(cells, cell => CellText.Shortened(row.Cell(cell), MaxPreviewCell));
        _previewLength += texts.Sum(text => text.Length);
        if (_previewLength <= MaxPreview)
            _preview.Add(texts);
    }
}
