using Airliner.Notifications.Grains.Mail;
using MimeKit;

namespace Airliner.Notifications.Silo.Push;

/// <summary>Whom a push service can write to about what is sent from here (RFC 8292 §2.1).</summary>
/// <param name="Value">A <c>mailto:</c> or <c>https:</c> URL.</param>
internal sealed record VapidSubject(string Value)
{
    private const string Setting = "Push:Vapid:Subject";

    /// <summary>The setting, else the sender of mails.</summary>
    /// <exception cref="InvalidOperationException">The setting is not such a URL.</exception>
    /// <exception cref="FormatException">The sender of the options is not an address.</exception>
    public static VapidSubject Read(IConfiguration configuration)
    {
        if (configuration[Setting] is not { Length: > 0 } given)
            return new($"mailto:{MailboxAddress.Parse(configuration[$"{SmtpOptions.Section}:From"] ?? new SmtpOptions().From).Address}");
        return Uri.TryCreate(given, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeMailto || url.Scheme == Uri.UriSchemeHttps)
            ? new(given)
            : throw new InvalidOperationException($"{Setting}: '{given}' is not a mailto: or https: URL.");
    }
}
