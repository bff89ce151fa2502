using System.Text;
using CsvHelper;

namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>CSV (RFC 4180, UTF-8), cell for cell as it is; or for people who open it in a spreadsheet, with a mark before text that would be a formula there.</summary>
internal sealed class CsvRowWriter(Stream stream, IReadOnlyList<OutputColumn> columns, bool marksFormulas = false) : IRowWriter
{
    private readonly CsvWriter _writer = CsvWriter.Create(stream, null, leaveOpen: true);
    private byte[] _marked = new byte[64];

    public ValueTask WriteHeaderAsync(CancellationToken cancellationToken)
    {
        foreach (var column in columns)
            Write(Encoding.UTF8.GetBytes(column.Name));
        return EndAsync(cancellationToken);
    }

    public ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        foreach (var column in columns)
        {
            // A type that was asked for is kept to, though what a cell becomes here is its text.
            column.KindIn(row);
            Write(row.Cell(column.Cell));
        }

        return EndAsync(cancellationToken);
    }

    public ValueTask CompleteAsync(CancellationToken cancellationToken) => _writer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    /// <summary>OWASP, CSV Injection: these begin a formula. A number is none, though it may begin with its sign.</summary>
    private static bool IsFormula(ReadOnlySpan<byte> cell) =>
        !cell.IsEmpty && cell[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' or (byte)'\t' or (byte)'\r' && !JsonNumber.Is(cell);

    private void Write(ReadOnlySpan<byte> cell)
    {
        if (!marksFormulas || !IsFormula(cell))
        {
            _writer.WriteField(cell);
            return;
        }

        if (_marked.Length <= cell.Length)
            _marked = new byte[cell.Length + 1];
        _marked[0] = (byte)'\'';
        cell.CopyTo(_marked.AsSpan(1));
        _writer.WriteField(_marked.AsSpan(0, cell.Length + 1));
    }

    // An empty source has no columns, and CSV has no way to write a row of none.
    private ValueTask EndAsync(CancellationToken cancellationToken) =>
        columns.Count == 0 ? ValueTask.CompletedTask : _writer.EndRecordAsync(cancellationToken);
}
