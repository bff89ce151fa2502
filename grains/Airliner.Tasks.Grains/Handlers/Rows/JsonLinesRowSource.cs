using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Rows of JSON lines (jsonlines.org): one object a line, empty lines are passed over. Strings become their text, numbers
/// and booleans stay as written, null and missing members are empty cells, nested values are compact JSON. Of members that
/// a line repeats the last counts.
/// </summary>
internal sealed class JsonLinesRowSource : IRowSource
{
    // The cells are data, not markup: only what JSON itself requires is escaped.
    private static readonly JsonWriterOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly LineReader _lines;
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _indexes;
    private readonly (int Start, int Length, CellKind Kind)[] _cells;
    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private readonly Utf8JsonWriter _nested;

    public JsonLinesRowSource(LineReader lines, IReadOnlyList<string> columns)
    {
        _lines = lines;
        Columns = columns;
        _cells = new (int, int, CellKind)[columns.Count];
        _nested = new Utf8JsonWriter(_text, _compact);
        var indexes = new Dictionary<byte[], int>(Utf8Comparer.Instance);
        foreach (var (index, column) in columns.Index())
            indexes.Add(Encoding.UTF8.GetBytes(column), index);
        _indexes = indexes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public IReadOnlyList<string> Columns { get; }

    public long Line => _lines.Number;

    public ReadOnlySpan<byte> Cell(int column)
    {
        var (start, length, _) = _cells[column];
        return _text.WrittenSpan.Slice(start, length);
    }

    public CellKind Kind(int column) => _cells[column].Kind;

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (!await JsonLine.NextAsync(_lines, cancellationToken))
            return false;
        JsonLine.Guard(_lines, this, static (line, source) => source.Fill(line));
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await _nested.DisposeAsync();
        await _lines.DisposeAsync();
    }

    private void Fill(ReadOnlySpan<byte> line)
    {
        _text.ResetWrittenCount();
        Array.Clear(_cells);
        var reader = new Utf8JsonReader(line);
        JsonLine.StartObject(ref reader);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = JsonLine.Name(ref reader, _text);
            var index = _indexes[name];
            reader.Read();
            var start = _text.WrittenCount;
            var kind = Append(ref reader);
            _cells[index] = (start, _text.WrittenCount - start, kind);
        }

        JsonLine.EndOfLine(ref reader);
    }

    private CellKind Append(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return CellKind.Null;
            case JsonTokenType.String when reader.ValueIsEscaped:
                _text.Advance(reader.CopyString(_text.GetSpan(reader.ValueSpan.Length)));
                return CellKind.Text;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                using (var value = JsonDocument.ParseValue(ref reader))
                    value.RootElement.WriteTo(_nested);
                _nested.Flush();
                _nested.Reset();
                return CellKind.Json;
            default:
                _text.Write(reader.ValueSpan);
                return reader.TokenType switch
                {
                    JsonTokenType.Number => CellKind.Number,
                    JsonTokenType.String => CellKind.Text,
                    _ => CellKind.Boolean,
                };
        }
    }
}
