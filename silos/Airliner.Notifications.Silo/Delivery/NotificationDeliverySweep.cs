using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Silo.Delivery;

/// <summary>
/// Claims the notifications that are due, a page in one statement, and has the grain of each deliver it, a bounded number at once. What is due is in the table alone, so
/// nothing is lost with a silo: what it had claimed is due again when the cluster counts it as dead (<see cref="DeadSiloClaims"/>), or the claim has ended. Each silo may
/// sweep, since none finds what another has claimed. Each channel has a sweep of its own, so that a provider that does not answer holds up no other channel; and those of
/// security have one, so that a code does not wait behind whatever else is due until it has expired.
/// </summary>
internal sealed partial class NotificationDeliverySweep(
    DueNotifications notifications, IGrainFactory grains, DeliverySignal signal, IOptions<DeliveryOptions> options, ILogger<NotificationDeliverySweep> logger) : BackgroundService
{
    /// <summary>
    /// Push messages of one user that a sweep has claimed at once. The user chooses the addresses that they go to, and what never answers there keeps a place for as long
    /// as a provider may take: the other places are for other users.
    /// </summary>
    private const int MostPushesOfOneUser = 4;

    private readonly ConcurrentBag<DueNotification> _notCalled = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.WhenAll(DeliveryLane.All.Select(lane => SweepAsync(new(lane), stoppingToken)));
        await GiveBackAsync();
    }

    private Task SweepAsync(Sweep sweep, CancellationToken stoppingToken) => Parallel.ForEachAsync(
        ClaimDueAsync(sweep, stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = sweep.Lane.OfSecurity ? options.Value.SecurityConcurrency : options.Value.Concurrency },
        (due, _) => DeliverAsync(sweep, due, stoppingToken));

    /// <summary>Due notifications, until the silo stops; each is claimed for one call.</summary>
    private async IAsyncEnumerable<DueNotification> ClaimDueAsync(Sweep sweep, [EnumeratorCancellation] CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            sweep.HasFailed = false;
            var (page, mayBeMore) = await TryClaimAsync(sweep);
            foreach (var due in page)
                yield return due;

            // After a failure what is next may fail as well, so it waits.
            if (!mayBeMore || sweep.HasFailed)
                await signal.WaitAsync(sweep.Lane, options.Value.PollInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<(IReadOnlyList<DueNotification> Page, bool MayBeMore)> TryClaimAsync(Sweep sweep)
    {
        try
        {
            var claimed = await notifications.ClaimAsync(sweep.Lane, sweep.MostOfOneUser, sweep.UsersUnderWay());
            sweep.Begin(claimed.Claimed);
            return claimed;
        }
        catch (Exception error)
        {
            // The sweep must outlive a database that is away: it looks again in a moment.
            LogNotClaimed(logger, error.Message);
            return ([], false);
        }
    }

    private async ValueTask DeliverAsync(Sweep sweep, DueNotification due, CancellationToken stoppingToken)
    {
        if (stoppingToken.IsCancellationRequested)
        {
            _notCalled.Add(due);
            return;
        }

        try
        {
            await grains.GetGrain<INotificationGrain>(due.Id).Deliver(due.Claim).WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The grain goes on, here or in another silo.
        }
        catch (Exception error)
        {
            // Its row says that it is due when the claim has ended, or sooner where the grain could give it back.
            sweep.HasFailed = true;
            LogNotDelivered(logger, due.Id, error);
        }

        // What was passed over of this user can be claimed now.
        if (sweep.End(due))
            signal.Notify(sweep.Lane);
    }

    private async Task GiveBackAsync()
    {
        if (_notCalled.IsEmpty)
            return;
        try
        {
            await notifications.GiveBackAsync(_notCalled);
        }
        catch (Exception error)
        {
            LogNotGivenBack(logger, _notCalled.Count, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Due notifications cannot be claimed: {Error}")]
    private static partial void LogNotClaimed(ILogger logger, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notification {Id} could not be tried")]
    private static partial void LogNotDelivered(ILogger logger, long id, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} notifications wait until their claims end: {Error}")]
    private static partial void LogNotGivenBack(ILogger logger, int count, string error);

    /// <summary>The sweep of one lane.</summary>
    private sealed class Sweep(DeliveryLane lane)
    {
        private readonly Lock _lock = new();
        private readonly List<long> _users = [];
        private volatile bool _hasFailed;

        public DeliveryLane Lane => lane;

        public int MostOfOneUser { get; } = lane.Channel == Channels.Push ? MostPushesOfOneUser : int.MaxValue;

        /// <summary>Whether a delivery of the page has failed.</summary>
        public bool HasFailed
        {
            get => _hasFailed;
            set => _hasFailed = value;
        }

        /// <summary>The user of each notification that was claimed and whose call has not ended; none where users are not told apart.</summary>
        public long[] UsersUnderWay()
        {
            lock (_lock)
                return [.. _users];
        }

        public void Begin(IReadOnlyList<DueNotification> claimed)
        {
            if (MostOfOneUser == int.MaxValue)
                return;
            lock (_lock)
                _users.AddRange(claimed.Select(due => due.UserId));
        }

        /// <returns>Whether more of its user may have been passed over: where it was under way alone, none was, or one that ended before it has said so.</returns>
        public bool End(DueNotification ended)
        {
            if (MostOfOneUser == int.MaxValue)
                return false;
            lock (_lock)
            {
                _users.Remove(ended.UserId);
                return _users.Contains(ended.UserId);
            }
        }
    }
}
