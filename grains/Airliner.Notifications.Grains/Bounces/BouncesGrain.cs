using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Templates;
using Orleans.Concurrency;

namespace Airliner.Notifications.Grains.Bounces;

/// <summary>Takes what mail providers tell of mails that came back. Key: any. Store: none; writes the table of bounced addresses.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("notification-bounces")]
internal sealed class BouncesGrain(IBouncedAddresses addresses, MailComposer composer) : Grain, IBouncesGrain
{
    private const int MaxReasonLength = 500;

    /// <summary>Notifications that are asked at once, whose writes gather in few commits.</summary>
    private const int AtOnce = 100;

    public async Task Take(IReadOnlyList<Bounce> bounces)
    {
        foreach (var some in bounces.Chunk(AtOnce))
        {
            var marks = await Task.WhenAll(some.Select(MarkOfAsync));
            // After the notifications: a call that fails here is repeated, and finds them as they are.
            await addresses.MarkAsync([.. marks.OfType<BouncedAddress>()]);
        }

        foreach (var bounce in bounces)
            ProviderInstruments.Bounced(bounce.Type);
    }

    private async Task<BouncedAddress?> MarkOfAsync(Bounce bounce)
    {
        if (bounce.Type == BounceTypes.Soft)
            return null;
        var reason = SingleLine.Of(bounce.Reason, MaxReasonLength);
        // A provider names the address at which a mail came to its end, and that may be one to which ours was forwarded: what is marked is what we send to. A notification of
        // a user who was deleted has none, and none is marked.
        var address = bounce.NotificationId is { } id && IsOurs(bounce)
            ? await NoteAsync(GrainFactory.GetGrain<INotificationGrain>(id), bounce, reason)
            : bounce.Address;
        return address is null ? null : new(address, bounce.Type, reason);
    }

    /// <summary>Who names the notification by its number says nothing of a round.</summary>
    private static Task<string?> NoteAsync(INotificationGrain notification, Bounce bounce, string reason) =>
        bounce.MessageIdDomain is null ? notification.Bounce(bounce.Type, reason) : notification.Bounce(bounce.Type, reason, bounce.Round);

    /// <summary>Several installations may share a provider, and each has a notification of most numbers.</summary>
    private bool IsOurs(Bounce bounce) => bounce.MessageIdDomain is not { } domain || domain.Equals(composer.Domain, StringComparison.OrdinalIgnoreCase);
}
