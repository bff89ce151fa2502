using System.Collections.Immutable;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>A user's preferences, and the digests that are being gathered. Table: <c>recipients</c>; a user who has said nothing has no row.</summary>
internal sealed record RecipientState : Record
{
    /// <summary>The table, and the grain storage of its name.</summary>
    public const string Table = "recipients";

    public NotificationPreferences Preferences { get; init; } = NotificationPreferences.Default;

    /// <summary>The last digest of each category.</summary>
    public ImmutableDictionary<string, OpenDigest> Digests { get; init; } = ImmutableDictionary<string, OpenDigest>.Empty;

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>With other preferences. What is gathered goes as it was planned; nothing more joins it.</summary>
    public RecipientState With(NotificationPreferences preferences, DateTimeOffset now) => this with
    {
        Preferences = preferences,
        Digests = ImmutableDictionary<string, OpenDigest>.Empty,
        UpdatedAt = now,
    };

    /// <summary>With a digest that a mail goes in: the one that is being gathered, in the same state, else a new one, of which it is the mail.</summary>
    public RecipientState Gathering(string category, long notificationId, TimeSpan window, DateTimeOffset now) =>
        Digests.TryGetValue(category, out var open) && open.EndsAt > now
            ? this
            : this with { Digests = Digests.SetItem(category, new OpenDigest(notificationId, now + window)) };
}

/// <summary>A digest that is being gathered.</summary>
/// <param name="LeaderId">The notification that is its mail.</param>
/// <param name="EndsAt">When it is due; none joins from then on.</param>
internal sealed record OpenDigest(long LeaderId, DateTimeOffset EndsAt);
