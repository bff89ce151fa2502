namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Reports how much of a stream has been read, as whole percents of a range and each at most once.</summary>
internal sealed class ProgressStream(Stream inner, int fromPercent, int toPercent, Action<int> report, long? length = null) : Stream
{
    private readonly long _length = length ?? (inner.CanSeek ? inner.Length : 0);
    private readonly int _from = fromPercent;
    private long _read;
    private int _reported = fromPercent;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

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

    private int Count(int read)
    {
        _read += read;
        // A stream that cannot tell its length is only known to be done at its end.
        var percent = read == 0 ? toPercent
            : _length > 0 ? _from + (int)((toPercent - _from) * Math.Min(_read, _length) / _length)
            : _from;
        if (percent > _reported)
        {
            _reported = percent;
            report(percent);
        }

        return read;
    }
}
