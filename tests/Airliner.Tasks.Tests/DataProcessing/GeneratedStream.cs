namespace Airliner.Tasks.Tests.DataProcessing;

/// <summary>A large file that is never held: a start, then one block over and over, up to a length.</summary>
internal sealed class GeneratedStream(byte[] start, byte[] block, long length) : Stream
{
    private long _position;

    public long BytesRead => _position;

    /// <summary>Called before each read with the bytes read so far.</summary>
    public Action<long>? Reading { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        Reading?.Invoke(_position);
        var read = 0;
        while (read < buffer.Length && _position < length)
        {
            var part = _position < start.Length ? start.AsSpan((int)_position) : block.AsSpan((int)((_position - start.Length) % block.Length));
            var count = (int)Math.Min(Math.Min(part.Length, buffer.Length - read), length - _position);
            part[..count].CopyTo(buffer[read..]);
            (read, _position) = (read + count, _position + count);
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
