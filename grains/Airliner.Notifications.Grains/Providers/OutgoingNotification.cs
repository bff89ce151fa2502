using System.Globalization;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>A notification as it is handed to a provider.</summary>
/// <param name="Id">The notification's id, the same for every attempt.</param>
/// <param name="CreatedAt">When it was made: the same for a repeat.</param>
/// <param name="Category">One of <see cref="Contracts.Notifications.NotificationCategories"/>.</param>
/// <param name="Address">A mail address, a phone number (E.164), or the user's id where the provider knows the user's devices.</param>
/// <param name="Name">The recipient's name; users typed it.</param>
/// <param name="Unsubscribe">Where one click ends mails of its category (RFC 8058); null where they cannot be ended.</param>
internal sealed record OutgoingNotification(
    long Id, DateTimeOffset CreatedAt, long UserId, string EventType, string Category, string Address, string Name, RenderedNotification Content, Uri? Unsubscribe = null)
{
    /// <summary>Since when it is tried: a mail's date. Events of a digest, or a notification that was redriven, may be much older.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>By what a provider tells a repeat, and whoever gets a mail: the same for every attempt, and another one after a redrive, which is meant to be sent again.</summary>
    public string IdempotencyKey { get; init; } = NameOf(Id);

    /// <summary>What a notification is called among providers, for example <c>notification-1000</c>.</summary>
    public static string NameOf(long id) => string.Create(CultureInfo.InvariantCulture, $"notification-{id}");

    /// <summary>Shows nobody's address and nothing of the content.</summary>
    public override string ToString() => $"OutgoingNotification {{ {Id} }}";
}

/// <summary>The rendered parts of a notification.</summary>
/// <param name="Subject">One line: a mail's subject, a push message's title, the inbox's line.</param>
/// <param name="Text">The text; the same as the subject where the channel has no other.</param>
/// <param name="Html">The mail's HTML part; null in the other channels.</param>
internal sealed record RenderedNotification(string Subject, string Text, string? Html = null);
