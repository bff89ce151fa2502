using System.Buffers;
using Airliner.Contracts.Records;
using Amazon.S3.Model;

namespace Airliner.Artifacts.S3;

/// <summary>
/// Reads an object. The first read, and the first after a seek elsewhere, asks for all from there to the end; those that follow read on from that answer, also over a short gap. An answer
/// that breaks off is asked for again from where it broke. An object that was replaced meanwhile is not read on with: it has another ETag.
/// </summary>
internal sealed class S3ObjectStream(S3Bucket bucket, string key, string etag, long length) : Stream
{
    /// <summary>Answers in a row that may break off without a byte.</summary>
    private const int MostBreaks = 3;

    /// <summary>The most bytes that are read for nothing rather than asked for anew.</summary>
    private const int ShortGap = 1 << 20;

    private GetObjectResponse? _answer;
    private long _position;

    /// <summary>Where the answer stands.</summary>
    private long _answerPosition;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
            return 0;
        for (var breaks = 0; ;)
        {
            var body = await BodyAsync(cancellationToken);
            try
            {
                var read = await body.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                    throw new EndOfStreamException($"The answer of the bucket ended at {_position} of {length} bytes.");
                _position = _answerPosition += read;
                return read;
            }
            catch (Exception error) when (S3Bucket.IsOfService(error))
            {
                Forget();
                if (++breaks == MostBreaks)
                    throw new StorageUnavailableException($"The bucket of files breaks off its answers: {error.Message}");
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For readers that know no other way: the SDK has no request that does not await.</summary>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Forget();
        base.Dispose(disposing);
    }

    private async ValueTask<Stream> BodyAsync(CancellationToken cancellationToken)
    {
        if (_answer is not null && _position - _answerPosition is > 0 and <= ShortGap and var gap)
            await PassOverAsync(_answer.ResponseStream, gap, cancellationToken);
        if (_answer is not null && _answerPosition != _position)
            Forget();
        if (_answer is null)
        {
            var from = _position;
            _answer = await bucket.CallAsync(
                s3 => s3.GetObjectAsync(
                    new() { BucketName = bucket.Name, Key = key, EtagToMatch = etag, ByteRange = new ByteRange($"bytes={from}-") }, cancellationToken),
                cancellationToken);
            _answerPosition = from;
        }

        return _answer.ResponseStream;
    }

    /// <summary>Reads on over a gap, which takes less time than another request. Where that breaks off, another is made.</summary>
    private async Task PassOverAsync(Stream body, long gap, CancellationToken cancellationToken)
    {
        var passed = ArrayPool<byte>.Shared.Rent((int)gap);
        try
        {
            _answerPosition += await body.ReadAtLeastAsync(passed.AsMemory(0, (int)gap), (int)gap, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception error)
        {
            // How far it came is not known.
            Forget();
            if (!S3Bucket.IsOfService(error))
                throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(passed);
        }
    }

    private void Forget()
    {
        _answer?.Dispose();
        _answer = null;
    }
}
