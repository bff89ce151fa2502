using Airliner.Contracts.Records;
using Amazon.S3.Model;

namespace Airliner.Artifacts.S3;

/// <summary>
/// One upload, of which one part is in memory at a time. What fits into a part is one request; more is a multipart upload, which shows nothing until it is
/// completed, and is aborted where it was not.
/// </summary>
internal sealed class S3Upload(S3Bucket bucket, string key) : IAsyncDisposable
{
    /// <summary>The least that S3 takes for every part but the last.</summary>
    public const int PartBytes = 5 << 20;

    /// <summary>As many parts as S3 takes: 48 GiB.</summary>
    public const long MostBytes = 10_000L * PartBytes;

    private readonly MemoryStream _part = new();
    private readonly List<PartETag> _sent = [];
    private string? _uploadId;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0)
        {
            if (_part.Length == PartBytes)
                await SendPartAsync(cancellationToken);
            var taken = (int)Math.Min(bytes.Length, PartBytes - _part.Length);
            _part.Write(bytes.Span[..taken]);
            bytes = bytes[taken..];
        }
    }

    /// <summary>Makes the artifact appear.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_uploadId is null)
        {
            _part.Position = 0;
            await bucket.CallAsync(
                s3 => s3.PutObjectAsync(
                    new() { BucketName = bucket.Name, Key = key, InputStream = _part, AutoCloseStream = false, UseChunkEncoding = false }, cancellationToken),
                cancellationToken);
            return;
        }

        await SendPartAsync(cancellationToken);
        await bucket.CallAsync(
            s3 => s3.CompleteMultipartUploadAsync(new() { BucketName = bucket.Name, Key = key, UploadId = _uploadId, PartETags = _sent }, cancellationToken),
            cancellationToken);
        _uploadId = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _part.DisposeAsync();
        if (_uploadId is null)
            return;
        try
        {
            await bucket.CallAsync(s3 => s3.AbortMultipartUploadAsync(bucket.Name, key, _uploadId), CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // It is in the log. The sweep aborts it later.
        }
    }

    private async Task SendPartAsync(CancellationToken cancellationToken)
    {
        _uploadId ??= (await bucket.CallAsync(s3 => s3.InitiateMultipartUploadAsync(bucket.Name, key, cancellationToken), cancellationToken)).UploadId;
        _part.Position = 0;
        var sent = await bucket.CallAsync(
            s3 => s3.UploadPartAsync(
                new()
                {
                    BucketName = bucket.Name,
                    Key = key,
                    UploadId = _uploadId,
                    PartNumber = _sent.Count + 1,
                    InputStream = _part,
                    PartSize = _part.Length,
                    UseChunkEncoding = false,
                },
                cancellationToken),
            cancellationToken);
        _sent.Add(new PartETag(_sent.Count + 1, sent.ETag));
        _part.SetLength(0);
    }
}
