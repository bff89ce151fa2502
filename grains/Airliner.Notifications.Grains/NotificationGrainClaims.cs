using System.Globalization;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Microsoft.Extensions.Logging;

namespace Airliner.Notifications.Grains;

/// <summary>Whose the delivery is: a row is claimed before its notification is handed over.</summary>
internal sealed partial class NotificationGrain
{
    // Whether a provider may have the notification of the attempt that is under way.
    private bool _isHandedOver;

    private long Version => state.Etag is { } version ? long.Parse(version, CultureInfo.InvariantCulture) : 0;

    public async Task Deliver(DeliveryClaim claim)
    {
        // Twice, since a read that is under way may have begun before the claim.
        for (var reads = 0; (Version < claim.Version || _committed is null) && reads < 2; reads++)
            await ReadAgainAsync();
        if (Version != claim.Version)
            return;
        _committed = state.State.DueAt(claim.DueAt);
        await TryAndCommitAsync();
    }

    /// <summary>What an attempt makes of the notification. One that fails before anything was handed over is due again soon, and not only when its claim has ended.</summary>
    private async Task<NotificationState> TryOrGiveBackAsync(NotificationState current)
    {
        _isHandedOver = false;
        try
        {
            return await TryAsync(current);
        }
        catch (Exception error) when (!_isHandedOver && state.State.NextAttemptAt > current.NextAttemptAt)
        {
            LogGivenBack(logger, Id, error.Message);
            await state.CommitAsync(current.DueAt(time.Now() + options.Value.FirstDelay));
            _committed = state.State;
            throw;
        }
    }

    /// <summary>
    /// Puts the next attempt off until this one has ended, however long it takes, where the caller's claim does not do so yet, or no longer. An activation that reads the
    /// row from now on leaves it alone; one that has read it before cannot write this, and so hands nothing over.
    /// </summary>
    private async Task ClaimAsync()
    {
        var until = time.Now() + router.LongestAttempt(_committed!.Channel);
        if (!(state.State.NextAttemptAt >= until))
            await state.CommitAsync(_committed.DueAt(until));
        _isHandedOver = true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} is tried again soon: {Error}")]
    private static partial void LogGivenBack(ILogger logger, long id, string error);
}
