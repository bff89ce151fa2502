using System.Buffers;
using System.Text.Json;

namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>JSON lines (jsonlines.org): an object a line.</summary>
internal sealed class JsonLinesRowWriter : IRowWriter
{
    private const int BufferBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly JsonRow _row;
    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes);
    private readonly Utf8JsonWriter _writer;

    public JsonLinesRowWriter(Stream stream, IReadOnlyList<OutputColumn> columns)
    {
        (_stream, _row) = (stream, new JsonRow(columns));
        _writer = new Utf8JsonWriter(_buffer, JsonRow.Options);
    }

    public ValueTask WriteHeaderAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask WriteAsync(IRow row, CancellationToken cancellationToken)
    {
        _row.Write(_writer, row);
        _writer.Flush();
        _writer.Reset();
        _buffer.Write("\n"u8);
        return _buffer.WrittenCount < BufferBytes ? ValueTask.CompletedTask : CompleteAsync(cancellationToken);
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_buffer.WrittenMemory, cancellationToken);
        _buffer.ResetWrittenCount();
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
