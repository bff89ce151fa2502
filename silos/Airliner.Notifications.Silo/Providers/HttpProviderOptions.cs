namespace Airliner.Notifications.Silo.Providers;

/// <summary>
/// A provider of text or push messages that is reached by HTTP. Sections <c>Notifications:Sms:Providers:0</c> and so on, and
/// <c>Notifications:Push:Providers:0</c>; they are asked in this order.
/// </summary>
internal sealed class HttpProviderOptions
{
    /// <summary><c>http</c>, or for text messages <c>twilio</c>.</summary>
    public string Kind { get; set; } = "http";

    /// <summary>Where messages are posted; for Twilio the base of its API. Operators are trusted with any address, an inner one too.</summary>
    public Uri? Url { get; set; }

    /// <summary>The file with the bearer token, or with Twilio's auth token; read for each message, so that it can be changed.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Twilio's account, <c>AC…</c>.</summary>
    public string? AccountSid { get; set; }

    /// <summary>Twilio: the number or name that messages come from.</summary>
    public string? From { get; set; }

    /// <summary>Twilio: the messaging service that chooses the sender, instead of <see cref="From"/>.</summary>
    public string? MessagingServiceSid { get; set; }

    /// <summary>Connections at once, in one silo.</summary>
    public int MaxConnections { get; set; } = 16;
}
