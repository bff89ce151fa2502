using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>
/// One user as somebody who is told things. Key: user id. Store: table <c>recipients</c>. What the user was sent of late is kept in memory alone: a silo that is
/// lost lets some more through.
/// </summary>
[GrainType("recipient")]
[CollectionAgeLimit(Minutes = 2)]
internal sealed class RecipientGrain(
    [PersistentState("recipient", RecipientState.Table)] IPersistentState<RecipientState> recipient,
    UnsubscribeLinks links,
    ThrottleOptions throttle,
    TimeProvider time) : Grain, IRecipientGrain
{
    private readonly Dictionary<string, SendPermits> _permits = [];

    private NotificationPreferences Preferences => recipient.State.Preferences;

    public Task<NotificationPreferences> GetPreferences() => Task.FromResult(Preferences);

    public async Task<NotificationPreferences> SetPreferences(NotificationPreferences preferences)
    {
        await recipient.CommitAsync(recipient.State.With(preferences, time.Now()));
        return Preferences;
    }

    public async Task EndMails(string category)
    {
        if (Preferences.Wants(category, Channels.Email))
            await SetPreferences(Preferences with { Channels = Preferences.Channels.Without(category, Channels.Email) });
    }

    public async Task<DeliveryTerms> Ask(DeliveryQuestion question)
    {
        var link = question.Channel == Channels.Email ? links.For(this.GetPrimaryKeyLong(), question.Category) : null;
        var terms = new DeliveryTerms(DeliveryDecision.Now, Preferences.Locale, Preferences.Phone, link);
        if (question.Category == NotificationCategories.Security)
            return terms;
        if (!Preferences.Wants(question.Category, question.Channel))
            return terms with { Decision = DeliveryDecision.Unwanted };
        if (question.Channel == Channels.Email && !question.LeadsDigest && !question.HasPermit && Preferences.Digest?.Of(question.Category) is { } minutes)
        {
            var digest = await GatherAsync(question, TimeSpan.FromMinutes(minutes));
            return terms with { Decision = DeliveryDecision.InDigest, DueAt = digest.EndsAt, DigestId = digest.LeaderId };
        }

        var now = time.Now();
        if (QuietUntil(now) is { } end)
            return terms with { Decision = DeliveryDecision.Later, DueAt = end };
        // A permit is taken only where nothing else is in the way.
        var latest = question.WaitsUntil ?? DateTimeOffset.MaxValue;
        return PermittedAt(question, now, latest) is { } at
            ? terms with { Decision = at > latest ? DeliveryDecision.TooMany : DeliveryDecision.Later, DueAt = at }
            : terms;
    }

    public Task GiveBack(string channel)
    {
        if (_permits.TryGetValue(channel, out var permits))
            permits.GiveBack();
        return Task.CompletedTask;
    }

    public async Task Erase()
    {
        if (recipient.RecordExists)
            await recipient.ClearStateAsync();
        DeactivateOnIdle();
    }

    /// <summary>The digest that the mail goes in. It is committed first: whoever joins it is in one that the next activation knows.</summary>
    private async Task<OpenDigest> GatherAsync(DeliveryQuestion question, TimeSpan window)
    {
        var next = recipient.State.Gathering(question.Category, question.NotificationId, window, time.Now());
        if (!ReferenceEquals(next, recipient.State))
            await recipient.CommitAsync(next);
        return recipient.State.Digests[question.Category];
    }

    /// <summary>The end of the user's quiet hours; null outside them.</summary>
    private DateTimeOffset? QuietUntil(DateTimeOffset now)
    {
        // A zone that this machine does not know is one that another release knew.
        var zone = TimeZones.TryFind(Preferences.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        return Preferences.QuietHours is { } quiet ? QuietTime.EndOf(quiet, zone, now) : null;
    }

    /// <summary>When the throttle lets it go, null where that is now.</summary>
    private DateTimeOffset? PermittedAt(DeliveryQuestion question, DateTimeOffset now, DateTimeOffset latest)
    {
        if (question.HasPermit || throttle.Of(question.Channel) is not { } limit)
            return null;
        if (!_permits.TryGetValue(question.Channel, out var permits))
            _permits.Add(question.Channel, permits = new SendPermits(limit));
        var at = permits.Take(question.NotificationId, now, latest);
        // What was taken must not be forgotten before it is refilled.
        DelayDeactivation(_permits.Values.Max(one => one.FullAt) - now);
        return at;
    }
}
