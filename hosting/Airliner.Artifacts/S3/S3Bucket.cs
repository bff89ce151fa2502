using Airliner.Contracts.Records;
using Airliner.ServiceDefaults;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Microsoft.Extensions.Logging;

namespace Airliner.Artifacts.S3;

/// <summary>The connection to a bucket. Every request goes through here, where what the service or the network refuses becomes one error of ours.</summary>
internal sealed partial class S3Bucket(S3ArtifactStoreOptions options, ILogger log) : IDisposable
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(3);

    /// <summary>For the head of an answer, and for sending a part: five mebibytes at less than a megabit a second.</summary>
    private static readonly TimeSpan _requestTimeout = TimeSpan.FromSeconds(60);

    private readonly AmazonS3Client _client = Connect(options);

    public string Name { get; } = options.Bucket;

    /// <summary>Sends a request.</summary>
    /// <exception cref="StorageUnavailableException">The service does not answer, or refuses. Whether it did what it was asked for is not known.</exception>
    public async Task<T> CallAsync<T>(Func<AmazonS3Client, Task<T>> request, CancellationToken cancellationToken)
    {
        try
        {
            return await request(_client);
        }
        catch (Exception error) when (IsOfService(error) || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // What it says names hosts, keys and accounts: that is for the log alone.
            LogFailed(error, Name);
            throw new StorageUnavailableException("The bucket of files does not answer, or refuses.");
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Whether the error is the service's or the network's, and no bug.</summary>
    public static bool IsOfService(Exception error) => error is AmazonServiceException or AmazonClientException or HttpRequestException or IOException;

    private static AmazonS3Client Connect(S3ArtifactStoreOptions options)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            // Requests are signed with a hash of their body, which every service checks. The SDK's own checksums come on top of it, and many do not know them.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ConnectTimeout = _connectTimeout,
            Timeout = _requestTimeout,
            MaxErrorRetry = 2,
        };
        if (options.Endpoint.Length > 0)
            (config.ServiceURL, config.AuthenticationRegion) = (options.Endpoint, options.Region);
        else
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        return options.AccessKeyFile.Length > 0
            ? new(new BasicAWSCredentials(SecretFile.Read(options.AccessKeyFile), SecretFile.Read(options.SecretKeyFile)), config)
            : new(config);
    }

    [LoggerMessage(LogLevel.Warning, "A request to the bucket {Bucket} failed")]
    private partial void LogFailed(Exception error, string bucket);
}
