using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Handlers.Rows.Writers;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Writes the result as CSV and keeps its first rows for the preview.</summary>
internal sealed class ResultWriter(Stream stream, IReadOnlyList<OutputColumn> columns) : IRowWriter
{
    public const int PreviewRows = 20;

    // The preview travels with the task: a few wide rows must not make it megabytes. JSON makes up to six bytes of a character.
    private const int MaxPreviewCell = 1_000;
    private const int MaxPreview = 100_000;

    private readonly CsvRowWriter _csv = new(stream, columns);
    private readonly List<string[]> _preview = [];
    private readonly long _namesLength = columns.Sum(column => (long)column.Name.Length);
    private int _rows;
    private long _previewLength;

    /// <summary>The first rows; long cells are cut, and rows are left out where they are too long together.</summary>
    public IReadOnlyList<string[]> Preview => _preview;

    public ValueTask WriteHeaderAsync(CancellationToken cancellationToken) => _csv.WriteHeaderAsync(cancellationToken);

    public ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        if (_rows < PreviewRows && _previewLength < MaxPreview)
        {
            _rows++;
            Keep(row);
        }

        return _csv.WriteAsync(row, cancellationToken);
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken) => _csv.CompleteAsync(cancellationToken);

    public ValueTask DisposeAsync() => _csv.DisposeAsync();

    private void Keep(IRow row)
    {
        var texts = columns.Select(column => CellText.Shortened(row.Cell(column.Cell), MaxPreviewCell)).ToArray();
        // A row of the preview is an object, which has every name again.
        _previewLength += _namesLength + texts.Sum(text => text.Length);
        if (_previewLength <= MaxPreview)
            _preview.Add(texts);
    }
}
