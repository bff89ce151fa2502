using System.Buffers;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Lines of bytes from a stream, without their ends (LF or CRLF) and without a leading byte order mark, through one
/// pooled buffer that grows no further than the longest line allowed.
/// </summary>
internal sealed class LineReader(Stream stream, int maxLineBytes) : IAsyncDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int _next;
    private int _filled;
    private int _lineStart;
    private int _lineLength;
    private bool _ended;

    /// <summary>The number of the current line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The current line; valid until the next read.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_next + searched, _filled - _next - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                Take(searched + end, _next + searched + end + 1);
                return true;
            }

            searched = _filled - _next;
            if (searched > maxLineBytes)
                throw new TaskInputException($"line {Number + 1}: longer than {maxLineBytes} bytes");
            if (_ended)
            {
                if (searched == 0)
                    return false;
                Take(searched, _filled);
                return true;
            }

            await FillAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        await stream.DisposeAsync();
    }

    private void Take(int length, int next)
    {
        var line = _buffer.AsSpan(_next, length);
        var mark = Number == 0 && line.StartsWith("\uFEFF"u8) ? 3 : 0;
        _lineStart = _next + mark;
        _lineLength = length - mark - (line.Length > mark && line[^1] == (byte)'\r' ? 1 : 0);
        _next = next;
        Number++;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        var kept = _filled - _next;
        if (_next > 0)
            _buffer.AsSpan(_next, kept).CopyTo(_buffer);
        (_next, _filled) = (0, kept);
        if (_filled == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _filled).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
        _filled += read;
        _ended = read == 0;
    }
}
