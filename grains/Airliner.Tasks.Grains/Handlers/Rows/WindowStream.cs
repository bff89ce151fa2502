namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Reads from a file no further than <see cref="End"/>: who reads on meets the end of a stream.</summary>
internal sealed class WindowStream(Stream inner) : Stream
{
    /// <summary>The position of the first byte that is not read; anywhere at first.</summary>
    public long End { get; set; } = inner.Length;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(Span<byte> buffer) => inner.Read(buffer[..Within(buffer.Length)]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer[..Within(buffer.Length)], cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <exception cref="EndOfStreamException">Nothing is left; a reader that asks until it has what it wants would ask for ever.</exception>
    private int Within(int wanted) => wanted == 0 || Position < End ? (int)Math.Min(wanted, Math.Max(0, End - Position)) : throw new EndOfStreamException("a column goes on beyond its end");
}
