using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Digests;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Templates;
using Microsoft.Extensions.Logging;

namespace Airliner.Notifications.Grains;

/// <summary>What the recipient's preferences make of a delivery, and how digests are sent.</summary>
internal sealed partial class NotificationGrain
{
    /// <summary>Events that one digest tells of at most; the others go in the next.</summary>
    private const int MostInDigest = 500;

    public async Task<DigestStanding?> GetDigest(long memberId)
    {
        if (_committed is null)
            await ReadAgainAsync();
        return _committed?.ToDigest(memberId);
    }

    /// <summary>What becomes of the notification before any attempt; the terms are those on which it goes now, null where it does not.</summary>
    private async Task<(NotificationState Next, DeliveryTerms? Terms)> AskAsync(NotificationState current)
    {
        if (current.DigestId is { } digestId && digestId != Id)
        {
            var followed = await FollowAsync(current, digestId);
            // Whoever has left a digest without it asks as any other.
            if (followed.DigestId is not null)
                return (followed, null);
            current = followed;
        }

        var category = NotificationRules.CategoryOf(current.EventType);
        var leads = current.DigestId == Id;
        // A digest's mail has already waited for all that is in it.
        DateTimeOffset? waitsUntil = leads ? null : current.TriedSince(time.Now()) + options.Value.GiveUpAfterOf(current.Channel);
        var question = new DeliveryQuestion(Id, category, current.Channel, leads, HasPermit: current.Attempts > 0, waitsUntil);
        var terms = await TermsAsync(current.UserId, question);
        return terms.Decision switch
        {
            DeliveryDecision.Now => (current, terms),
            DeliveryDecision.Unwanted => (current.Suppressed($"The user does not want to be told about {category} by {current.Channel}."), null),
            DeliveryDecision.TooMany => (current.Suppressed($"The user is sent so much by {current.Channel} that this would come too late."), null),
            DeliveryDecision.Later => (current.PutOff(terms.DueAt!.Value, time.Now()), null),
            DeliveryDecision.InDigest when terms.DigestId == Id => (current.InDigest(Id, terms.DueAt!.Value), null),
            // One that joins looks when the mail should be out.
            DeliveryDecision.InDigest => (current.InDigest(terms.DigestId!.Value, terms.DueAt!.Value + options.Value.FirstDelay), null),
            _ => throw new InvalidOperationException($"There is no decision {terms.Decision}."),
        };
    }

    /// <summary>What is not sent takes nothing from what the user may be sent.</summary>
    private async Task GiveBackPermitAsync(NotificationState current)
    {
        if (current.Attempts > 0 || NotificationRules.CategoryOf(current.EventType) == NotificationCategories.Security)
            return;
        // Where that fails, the permit comes back with time.
        await GrainFactory.GetGrain<IRecipientGrain>(current.UserId).GiveBack(current.Channel)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>The recipient's terms. Security is not held up by a recipient that cannot be asked: it goes as it would to a user who has said nothing.</summary>
    private async Task<DeliveryTerms> TermsAsync(long userId, DeliveryQuestion question)
    {
        try
        {
            return await GrainFactory.GetGrain<IRecipientGrain>(userId).Ask(question);
        }
        catch (Exception error) when (question.Category == NotificationCategories.Security)
        {
            LogNotAsked(logger, Id, error.Message);
            return new DeliveryTerms(DeliveryDecision.Now, NotificationPreferences.Default.Locale, Phone: null, Unsubscribe: null);
        }
    }

    /// <summary>
    /// What becomes of one that joined a digest. That it was told of is in the row of the digest's mail, since the commit that says that it was sent: whatever dies
    /// when, the two never disagree.
    /// </summary>
    private async Task<NotificationState> FollowAsync(NotificationState current, long digestId)
    {
        var now = time.Now();
        return await GrainFactory.GetGrain<INotificationGrain>(digestId).GetDigest(Id) switch
        {
            { Status: NotificationStatuses.Pending } digest =>
                current.DueAt((digest.NextAttemptAt > now ? digest.NextAttemptAt.Value : now) + options.Value.FirstDelay),
            { Status: NotificationStatuses.Sent, HasMember: true } digest => current.SentWith(Id, digest),
            { Status: NotificationStatuses.Dead or NotificationStatuses.Failed, HasMember: true } digest => current.FailedWith(Id, digest, now),
            // Whatever kept the mail back keeps back each of its own, and those that have joined since ask for themselves.
            { Status: NotificationStatuses.Suppressed, HasMember: true } digest => current.Suppressed(digest.ErrorMessage ?? "") with { Recipient = digest.Recipient },
            _ => current.Alone(),
        };
    }

    /// <summary>All that the mail of a digest tells of, and the state that names them; nothing where it is no digest's mail, or the only one in it.</summary>
    private async Task<(NotificationState Next, IReadOnlyList<DigestMember> Members)> GatherAsync(NotificationState current)
    {
        if (current.DigestId != Id)
            return (current, []);
        var members = await digests.FindMembersAsync(Id, MostInDigest - 1);
        if (members.Count == 0)
            return (current.Alone(), []);
        var own = new DigestMember(Id, current.EventType, current.Data, current.CreatedAt);
        var next = current with { DigestMembers = [.. members.Select(member => member.NotificationId)] };
        return (next, [.. members.Append(own).OrderBy(item => item.HappenedAt).ThenBy(item => item.NotificationId)]);
    }

    private RenderedNotification Render(NotificationState current, DeliveryTerms terms, IReadOnlyList<DigestMember> members, Addressee addressee)
    {
        var extras = terms.Unsubscribe is { } link ? new Dictionary<string, string>(addressee.Extras) { ["unsubscribeUrl"] = link.AbsoluteUri } : addressee.Extras;
        if (members.Count == 0)
            return templates.Render(current.EventType, current.Channel, terms.Locale, current.Data, extras);
        DigestItem[] items = [.. members.Select(member => new DigestItem(
            templates.Render(member.EventType, current.Channel, terms.Locale, member.Data, extras).Subject, member.EventType, member.HappenedAt))];
        return templates.RenderDigest(terms.Locale, NotificationRules.CategoryOf(current.EventType), items, extras);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} goes without its recipient's preferences: {Error}")]
    private static partial void LogNotAsked(ILogger logger, long id, string error);
}
