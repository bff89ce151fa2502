using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// The first pass over JSON lines: every member that any line has is a column, in the order of their first appearance.
/// A single pass would lose the members that only later lines have.
/// </summary>
internal static class JsonLinesColumns
{
    public static async Task<IReadOnlyList<string>> FindAsync(LineReader lines, RowOptions limits, CancellationToken cancellationToken)
    {
        var found = new Found(limits);
        for (var count = 0; await JsonLine.NextAsync(lines, cancellationToken); count++)
        {
            if (count % RowOptions.RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            found.Line = lines.Number;
            JsonLine.Guard(lines, found, static (line, state) => state.Add(line));
        }

        return found.Columns;
    }

    private sealed class Found
    {
        private readonly RowOptions _limits;
        private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _seen;
        private readonly ArrayBufferWriter<byte> _scratch = new(256);

        private int _bytes;

        public Found(RowOptions limits)
        {
            _limits = limits;
            _seen = new HashSet<byte[]>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
        }

        public List<string> Columns { get; } = [];

        public long Line { get; set; }

        public void Add(ReadOnlySpan<byte> line)
        {
            var reader = new Utf8JsonReader(line);
            JsonLine.StartObject(ref reader);
            while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
            {
                var name = JsonLine.Name(ref reader, _scratch);
                if (_seen.Add(name))
                {
                    if (Columns.Count == _limits.MaxColumns)
                        throw new TaskInputException($"line {Line}: the lines have more than {_limits.MaxColumns} different members");
                    // As much as a header may have, where there is one.
                    if ((_bytes += name.Length) > _limits.MaxRowBytes)
                        throw new TaskInputException($"line {Line}: the names of the lines' members are longer than {_limits.MaxRowBytes} bytes together");
                    Columns.Add(Encoding.UTF8.GetString(name));
                }

                reader.Skip();
            }

            JsonLine.EndOfLine(ref reader);
        }
    }
}
