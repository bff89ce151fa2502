using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Airliner.Artifacts.S3;

/// <summary>What the section <c>Artifacts:S3</c> must fulfil; a start that it does not fails, and names the option.</summary>
internal sealed partial class S3OptionRules : IValidateOptions<S3ArtifactStoreOptions>
{
    public ValidateOptionsResult Validate(string? name, S3ArtifactStoreOptions options)
    {
        var wrong = new List<string>();
        if (!BucketName().IsMatch(options.Bucket))
            wrong.Add("Artifacts:S3:Bucket must name a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.");
        if (options.Endpoint.Length > 0 && !(Uri.TryCreate(options.Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            wrong.Add("Artifacts:S3:Endpoint must be an address that begins with https:// or http://, or empty for AWS.");
        if (options.Region.Length == 0)
            wrong.Add("Artifacts:S3:Region must name a region, for example us-east-1.");
        if (options.Prefix.Length > 0 && !IsKey(options.Prefix))
            wrong.Add("Artifacts:S3:Prefix must be letters, digits, '.', '_' and '-', with single slashes between, none at its ends.");
        if (options.AccessKeyFile.Length > 0 != options.SecretKeyFile.Length > 0)
            wrong.Add("Artifacts:S3:AccessKeyFile and Artifacts:S3:SecretKeyFile must both be set, or neither.");
        foreach (var (option, file) in new[] { ("AccessKeyFile", options.AccessKeyFile), ("SecretKeyFile", options.SecretKeyFile) })
        {
            if (file.Length > 0 && !File.Exists(file))
                wrong.Add($"Artifacts:S3:{option} names the file {file}, which is not there.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    private static bool IsKey(string prefix)
    {
        try
        {
            ArtifactKey.Checked(prefix);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName();
}
