using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts;
using Airliner.ServiceDefaults;

namespace Airliner.Notifications.Gateway;

/// <summary>
/// Who may tell of bounces: <c>Notifications:Bounces:Providers:&lt;name&gt;:SecretFile</c> names the file with the provider's secret, <c>whsec_</c> and base64 of 24
/// bytes or more. They sign as webhooks do (<see cref="WebhookSignature"/>).
/// </summary>
internal sealed class BounceProviders
{
    private const string Section = "Notifications:Bounces:Providers";
    private const string Prefix = WebhookSignature.SecretPrefix;
    private const int ShortestSecretBytes = 24;

    private static readonly TimeSpan _tolerance = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, byte[]> _secrets;
    private readonly TimeProvider _time;

    /// <exception cref="InvalidOperationException">A secret cannot be used; the message names its setting.</exception>
    public BounceProviders(IConfiguration configuration, TimeProvider time)
    {
        _time = time;
        _secrets = configuration.GetSection(Section).GetChildren().ToDictionary(provider => provider.Key, SecretOf, StringComparer.Ordinal);
    }

    public bool Know(string provider) => _secrets.ContainsKey(provider);

    /// <summary>What is wrong with the signature of a request, null where it is the provider's and of now.</summary>
    public string? Complaint(string provider, IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var (id, timestamp, signatures) = (headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString());
        if (id.Length == 0 || signatures.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return "The headers webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature must be there.";
        if (Math.Abs(_time.GetUtcNow().ToUnixTimeSeconds() - (decimal)seconds) > (decimal)_tolerance.TotalSeconds)
            return "The webhook-timestamp is more than five minutes away.";

        var expected = Encoding.ASCII.GetBytes(WebhookSignature.Of(_secrets[provider], id, seconds, body));
        // Several, while a provider changes its secret.
        return signatures.Split(' ').Any(given => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected))
            ? null
            : "The webhook-signature is not that of this body.";
    }

    private static byte[] SecretOf(IConfigurationSection provider)
    {
        if (provider["SecretFile"] is not { Length: > 0 } file)
            throw new InvalidOperationException($"{provider.Path}:SecretFile must name the file with the provider's secret.");
        var secret = SecretFile.Read(file);
        var bytes = new byte[secret.Length];
        var length = 0;
        var isSecret = secret.StartsWith(Prefix, StringComparison.Ordinal) && Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out length);
        return isSecret && length >= ShortestSecretBytes
            ? bytes[..length]
            : throw new InvalidOperationException($"{provider.Path}:SecretFile: the secret must be {Prefix} and the base64 of {ShortestSecretBytes} bytes or more.");
    }
}
