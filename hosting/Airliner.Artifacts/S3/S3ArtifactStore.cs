using System.Net;
using System.Runtime.CompilerServices;
using Airliner.Contracts.Records;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Airliner.Artifacts.S3;

/// <summary>Artifacts as objects of a bucket, by the keys that they have, below the prefix.</summary>
internal sealed partial class S3ArtifactStore(IOptions<S3ArtifactStoreOptions> options, TimeProvider time, ILogger<S3ArtifactStore> log)
    : IArtifactStore, IUnfinishedUploads, IDisposable
{
    /// <summary>S3 dates an object by the time at which its upload began, and what is a day old and belongs to nothing is swept: no upload may take that long.</summary>
    private static readonly TimeSpan _longestUpload = TimeSpan.FromHours(12);

    private static readonly TimeSpan _unfinishedLifetime = TimeSpan.FromDays(1);

    private readonly S3Bucket _bucket = new(options.Value, log);
    private readonly string _prefix = options.Value.Prefix.Length == 0 ? "" : options.Value.Prefix + "/";

    public async Task<StoredArtifact> SaveAsync(string key, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        using var late = new CancellationTokenSource(_longestUpload, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await using var upload = new S3Upload(_bucket, name);
            var stored = await HashedCopy.RunAsync(content, upload.WriteAsync, Math.Min(maxBytes, S3Upload.MostBytes), either.Token);
            either.Token.ThrowIfCancellationRequested();
            await upload.CompleteAsync(either.Token);
            return stored;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StorageUnavailableException($"The upload took longer than {_longestUpload.TotalHours} hours, and was given up.");
        }
    }

    public async Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) =>
        await HeadAsync(NameOf(key), cancellationToken) is { } head ? new S3ObjectStream(_bucket, NameOf(key), head.ETag, head.ContentLength) : null;

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var name = NameOf(key);
        // S3 does not say whether there was something to delete.
        if (await HeadAsync(name, cancellationToken) is null)
            return false;
        await _bucket.CallAsync(s3 => s3.DeleteObjectAsync(_bucket.Name, name, cancellationToken), cancellationToken);
        return true;
    }

    public async Task DeleteAllAsync(string segments, CancellationToken cancellationToken)
    {
        var prefix = NameOf(segments) + "/";
        // First, so that none of them is completed after the objects were listed.
        await AbortAsync(prefix, DateTimeOffset.MaxValue, cancellationToken);
        await foreach (var page in PagesAsync(prefix, cancellationToken))
        {
            if (page.Count > 0)
            {
                await _bucket.CallAsync(
                    s3 => s3.DeleteObjectsAsync(
                        new() { BucketName = _bucket.Name, Quiet = true, Objects = [.. page.Select(found => new KeyVersion { Key = found.Key })] }, cancellationToken),
                    cancellationToken);
            }
        }
    }

    public async IAsyncEnumerable<string> ListAsync(DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(_prefix, cancellationToken))
        {
            foreach (var found in page.Where(found => found.LastModified is { } modified && modified.ToUniversalTime() < before.UtcDateTime))
                yield return found.Key[_prefix.Length..];
        }
    }

    public Task PingAsync(CancellationToken cancellationToken) =>
        _bucket.CallAsync(s3 => s3.HeadBucketAsync(new() { BucketName = _bucket.Name }, cancellationToken), cancellationToken);

    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = await AbortAsync(_prefix, time.GetUtcNow() - _unfinishedLifetime, cancellationToken);
        if (swept > 0)
            LogSwept(swept, _bucket.Name);
        return swept;
    }

    public void Dispose() => _bucket.Dispose();

    private string NameOf(string key) => _prefix + ArtifactKey.Checked(key);

    private Task<GetObjectMetadataResponse?> HeadAsync(string name, CancellationToken cancellationToken) => _bucket.CallAsync(
        async s3 =>
        {
            try
            {
                return (GetObjectMetadataResponse?)await s3.GetObjectMetadataAsync(_bucket.Name, name, cancellationToken);
            }
            catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<S3Object>> PagesAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket.Name, Prefix = prefix };
        do
        {
            var page = await _bucket.CallAsync(s3 => s3.ListObjectsV2Async(request, cancellationToken), cancellationToken);
            yield return page.S3Objects ?? [];
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>Aborts the multipart uploads that were begun before a time.</summary>
    private async Task<int> AbortAsync(string prefix, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = _bucket.Name, Prefix = prefix };
        var aborted = 0;
        while (await UploadsAsync(request, cancellationToken) is { } page)
        {
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => upload.Initiated is { } begun && begun.ToUniversalTime() < before.UtcDateTime))
            {
                await _bucket.CallAsync(s3 => s3.AbortMultipartUploadAsync(_bucket.Name, upload.Key, upload.UploadId, cancellationToken), cancellationToken);
                aborted++;
            }

            if (page.IsTruncated != true)
                break;
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }

        return aborted;
    }

    /// <summary>A page of the uploads that are under way; null of a service that does not tell, and has to sweep by itself.</summary>
    private Task<ListMultipartUploadsResponse?> UploadsAsync(ListMultipartUploadsRequest request, CancellationToken cancellationToken) => _bucket.CallAsync(
        async s3 =>
        {
            try
            {
                return (ListMultipartUploadsResponse?)await s3.ListMultipartUploadsAsync(request, cancellationToken);
            }
            catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotImplemented)
            {
                return null;
            }
        },
        cancellationToken);

    [LoggerMessage(LogLevel.Information, "Aborted {Count} unfinished uploads in the bucket {Bucket}")]
    private partial void LogSwept(int count, string bucket);
}
