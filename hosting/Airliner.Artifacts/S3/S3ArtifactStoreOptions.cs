namespace Airliner.Artifacts.S3;

/// <summary>The section <c>Artifacts:S3</c> of the configuration: a bucket, of AWS or of anything that speaks its protocol.</summary>
public sealed class S3ArtifactStoreOptions
{
    /// <summary>The bucket. It must exist.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>The address of the service, for example <c>https://minio.example:9000</c>; AWS's own where it is empty.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The region, which requests are signed for.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>Whether the bucket is named in the path of an address rather than in its host, as most services beside AWS want it.</summary>
    public bool PathStyle { get; set; }

    /// <summary>What every key in the bucket begins with, for example <c>airliner</c>; nothing where the bucket is ours alone.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The file with the access key. Without it the SDK looks where it always does: the environment, a profile, the machine's role.</summary>
    public string AccessKeyFile { get; set; } = "";

    /// <summary>The file with the secret that belongs to the access key.</summary>
    public string SecretKeyFile { get; set; } = "";
}
