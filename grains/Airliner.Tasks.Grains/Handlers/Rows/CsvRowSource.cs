using System.Text.Unicode;
using CsvHelper;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Rows of a CSV as RFC 4180 has it, comma-separated, with a header, UTF-8 (a byte order mark is skipped), CRLF or LF.
/// Empty lines are passed over; a bad quote or a row of another width than the header fails.
/// </summary>
internal sealed class CsvRowSource : IRowSource
{
    private readonly CsvReader _reader;

    private CsvRowSource(Stream stream, int maxRowBytes) =>
        _reader = CsvReader.Create(stream, new CsvReaderOptions
        {
            Separator = ',',
            DetectSeparatorHint = false,
            TrackLineNumbers = true,
            MaxRecordSize = maxRowBytes,
            OnMalformedRecord = record => throw new TaskInputException(CsvQuoteProblem.Describe(record, Columns)),
        });

    public IReadOnlyList<string> Columns { get; private set; } = [];

    public long Line => _reader.LineNumber;

    public static async Task<CsvRowSource> OpenAsync(Stream stream, RowOptions limits, CancellationToken cancellationToken)
    {
        var source = new CsvRowSource(stream, limits.MaxRowBytes);
        try
        {
            source.Columns = await source.ReadHeaderAsync(limits, cancellationToken);
            return source;
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    public ReadOnlySpan<byte> Cell(int column) => _reader.GetSpan(column);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await _reader.ReadAsync(cancellationToken))
                return false;
        }
        catch (CsvFormatException problem)
        {
            throw Unreadable(problem);
        }

        if (_reader.FieldCount != Columns.Count)
            throw WrongWidth();
        if (!Utf8.IsValid(_reader.RawRecord))
            throw new TaskInputException($"line {Line}: the text is not UTF-8");
        return true;
    }

    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    private async Task<IReadOnlyList<string>> ReadHeaderAsync(RowOptions limits, CancellationToken cancellationToken)
    {
        try
        {
            await _reader.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException problem)
        {
            throw Unreadable(problem);
        }

        if (_reader.Headers.Count > limits.MaxColumns)
            throw new TaskInputException($"line 1: the header has {_reader.Headers.Count} columns, more than {limits.MaxColumns}");
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (index, name) in _reader.Headers.Index())
        {
            if (!seen.TryAdd(name, index + 1))
                throw new TaskInputException($"line 1, column {index + 1}: the header names '{name}' again, as column {seen[name]} does");
        }

        return [.. _reader.Headers];
    }

    private TaskInputException WrongWidth()
    {
        var (fields, expected) = (_reader.FieldCount, Columns.Count);
        var where = fields < expected ? $"column {fields + 1} ('{Columns[fields]}') is missing" : $"column {expected + 1} is not in the header";
        return new($"line {Line}, {where}: the row has {fields} fields, the header has {expected}");
    }

    private static TaskInputException Unreadable(CsvFormatException problem) =>
        new(problem.LineNumber > 0 ? $"line {problem.LineNumber}: {problem.Message}" : problem.Message);
}
