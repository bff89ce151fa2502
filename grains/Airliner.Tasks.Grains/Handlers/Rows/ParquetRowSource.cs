using System.Buffers;
using Parquet;
using Parquet.Schema;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Rows of a Parquet file, one row group in memory at a time. Numbers are written as JSON has them, dates and times as ISO 8601.</summary>
internal sealed class ParquetRowSource : IRowSource
{
    private readonly ParquetReader _reader;
    private readonly WindowStream _file;
    private readonly ParquetPages _pages;
    private readonly string _member;
    private readonly RowOptions _limits;
    private readonly Action<double> _report;
    private readonly DataField[] _fields;
    private readonly ParquetColumn[] _columns;
    private readonly (int Start, int Length, CellKind Kind)[] _cells;
    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private int _nextGroup;
    private int _row;
    private int _rows;
    private long _heldBytes;

    private ParquetRowSource(ParquetReader reader, WindowStream file, string member, RowOptions limits, Action<double> report)
    {
        (_reader, _file, _pages, _member, _limits, _report) = (reader, file, new(file, limits), member, limits, report);
        if (reader.Schema.Fields.FirstOrDefault(field => field is not DataField { IsArray: false }) is { } nested)
            throw new TaskInputException($"{member}: column '{nested.Name}' is nested; a row has single values only");
        _fields = reader.Schema.GetDataFields();
        if (_fields.Length > limits.MaxColumns)
            throw new TaskInputException($"{member}: the file has {_fields.Length} columns, more than {limits.MaxColumns}");
        Columns = [.. _fields.Select(field => field.Name)];
        if (Columns.Distinct(StringComparer.Ordinal).Count() < Columns.Count)
            throw new TaskInputException($"{member}: two columns of the file have the same name");
        _columns = Array.ConvertAll(_fields, field => ParquetColumn.Create(field, member));
        _cells = new (int, int, CellKind)[_fields.Length];
    }

    public IReadOnlyList<string> Columns { get; }

    public long Line { get; private set; }

    public string Place => $"row {Line}";

    public static async Task<ParquetRowSource> OpenAsync(
        Stream stream, SourceParameter source, RowOptions limits, Action<double> report, CancellationToken cancellationToken)
    {
        ParquetReader? reader = null;
        try
        {
            await new ParquetPages(stream, limits).CheckFooterAsync(cancellationToken);
            var file = new WindowStream(stream);
            reader = await ParquetReader.CreateAsync(file, new ParquetOptions { UseDateOnlyTypeForDates = true }, false, cancellationToken);
            return new ParquetRowSource(reader, file, source.Member, limits, report);
        }
        catch (Exception problem)
        {
            if (reader is not null)
                await reader.DisposeAsync();
            await stream.DisposeAsync();
            if (IsOfTheFile(problem))
                throw Unreadable(source.Member, problem);
            throw;
        }
    }

    public ReadOnlySpan<byte> Cell(int column)
    {
        var (start, length, _) = _cells[column];
        return _text.WrittenSpan.Slice(start, length);
    }

    public CellKind Kind(int column) => _cells[column].Kind;

    public ColumnType TypeOf(int column) => _columns[column].Type;

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (_row == _rows)
        {
            if (_nextGroup == _reader.RowGroupCount)
                return false;
            _report((double)_nextGroup / _reader.RowGroupCount);
            await LoadAsync(_nextGroup++, cancellationToken);
        }

        _text.ResetWrittenCount();
        for (var column = 0; column < _columns.Length; column++)
        {
            var start = _text.WrittenCount;
            var kind = _columns[column].Append(_row, _text);
            _cells[column] = (start, _text.WrittenCount - start, kind);
        }

        _row++;
        Line++;
        return true;
    }

    public ValueTask DisposeAsync()
    {
        HeldMemory.Add(-_heldBytes);
        _heldBytes = 0;
        return _reader.DisposeAsync();
    }

    /// <summary>Reads a row group, once what the footer and its pages' headers say of its size is within the limits. A column is not read beyond the pages that were looked at.</summary>
    private async Task LoadAsync(int index, CancellationToken cancellationToken)
    {
        try
        {
            using var group = _reader.OpenRowGroupReader(index);
            var bytes = Check(group, index + 1);
            HeldMemory.Add(bytes - _heldBytes);
            _heldBytes = bytes;
            (_row, _rows) = (0, (int)group.RowCount);
            var left = _limits.MaxRowGroupBytes;
            for (var column = 0; column < _columns.Length && _rows > 0; column++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var range = _pages.RangeOf(group.GetMetadata(_fields[column])!.MetaData!);
                _file.End = _file.Length;
                left -= await _pages.UnpackedBytesAsync(range, _rows, left, cancellationToken);
                if (left < 0)
                    throw new TaskInputException($"{_member}: row group {index + 1} unpacks to more than {_limits.MaxRowGroupBytes} bytes; write the file with smaller row groups");
                _file.End = range.End;
                await _columns[column].LoadAsync(group, _rows, cancellationToken);
            }
        }
        catch (Exception problem) when (IsOfTheFile(problem))
        {
            throw Unreadable(_member, problem);
        }
    }

    /// <returns>The bytes that the group takes in memory: as it is unpacked, and as its values.</returns>
    private long Check(ParquetRowGroupReader group, int number)
    {
        var bytes = _fields.Sum(field => Math.Max(0, group.GetMetadata(field)?.MetaData?.TotalUncompressedSize ?? 0));
        if (group.RowCount > _limits.MaxRowGroupRows || bytes > _limits.MaxRowGroupBytes)
        {
            throw new TaskInputException(
                $"{_member}: row group {number} has {group.RowCount} rows of {bytes} bytes, more than {_limits.MaxRowGroupRows} or {_limits.MaxRowGroupBytes}; write the file with smaller row groups");
        }

        if (group.RowCount < 0 || _fields.Any(field => group.GetMetadata(field)?.MetaData?.NumValues != group.RowCount))
            throw new TaskInputException($"{_member}: row group {number} has columns of different lengths");

        // Values that are not there take no bytes in the file, and as much memory as any: twice what a number takes in the file where it may be null.
        var (ofRow, most) = (_columns.Sum(column => (long)column.ValueBytes), 2 * _limits.MaxRowGroupBytes);
        if (group.RowCount * ofRow > most)
        {
            throw new TaskInputException(
                $"{_member}: row group {number} takes {group.RowCount * ofRow} bytes of memory, {ofRow} for each of {group.RowCount} rows, more than {most}; write the file with row groups of at most {most / ofRow} rows");
        }

        return bytes + (group.RowCount * ofRow);
    }

    // Parquet.Net meets a broken file with exceptions of many types; those of the store and ours are not about it.
    private static bool IsOfTheFile(Exception problem) => problem is EndOfStreamException or not (IOException or OperationCanceledException or TaskInputException or NoRoomException);

    private static TaskInputException Unreadable(string member, Exception problem) => new($"{member}: the Parquet file cannot be read: {problem.Message}");
}
