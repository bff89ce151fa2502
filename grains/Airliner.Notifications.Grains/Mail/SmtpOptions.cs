namespace Airliner.Notifications.Grains.Mail;

/// <summary>Whom mails come from, and the SMTP server that takes them. Section <c>Smtp</c>.</summary>
internal sealed class SmtpOptions : SmtpServerOptions
{
    public const string Section = "Smtp";

    /// <summary>The sender, an address with or without a name. Its domain is that of the message ids.</summary>
    public string From { get; set; } = "Airliner <airliner@localhost>";

    /// <summary>The servers that are asked, in order, when the one before fails.</summary>
    public IList<SmtpServerOptions> Fallbacks { get; } = [];
}

/// <summary>An SMTP server.</summary>
internal class SmtpServerOptions
{
    /// <summary>The server; where there is none, mails go to the pickup folder.</summary>
    public string? Host { get; set; }

    /// <summary>Its port. On 465 the connection begins with TLS (RFC 8314).</summary>
    public int Port { get; set; } = 25;

    /// <summary>Whom to log in as; null to send without.</summary>
    public string? User { get; set; }

    /// <summary>The file that holds the password; read for each connection, so that it can be changed.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Whether the connection must turn to TLS; without a value, where a password is sent.</summary>
    public bool? StartTls { get; set; }

    /// <summary>The file with the certificates (PEM) of authorities that are trusted beside the machine's, such as a company's own; null for the machine's alone.</summary>
    public string? CaFile { get; set; }

    /// <summary>Connections at once, in one silo. One takes a mail in some milliseconds, where the server is near.</summary>
    public int MaxConnections { get; set; } = 16;

    /// <summary>How long an unused connection is trusted without asking; servers close idle ones.</summary>
    public TimeSpan TrustIdleFor { get; set; } = TimeSpan.FromSeconds(2);
}
