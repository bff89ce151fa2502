namespace Airliner.Notifications.Silo.Delivery;

/// <summary>
/// Has what a silo had claimed due again as soon as the cluster counts that silo as dead: a code must not wait until the claim ends. Each silo does so, and whoever comes
/// second finds nothing.
/// </summary>
internal sealed partial class DeadSiloClaims(
    DueNotifications notifications, IClusterMembershipService membership, DeliverySignal signal, ILogger<DeadSiloClaims> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = new HashSet<SiloAddress>();
        try
        {
            // Those that died before this silo started are in the first of them.
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
                await GiveBackAsync([.. snapshot.Members.Values.Where(silo => silo.Status == SiloStatus.Dead).Select(silo => silo.SiloAddress).Where(known.Add)]);
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task GiveBackAsync(IReadOnlyList<SiloAddress> dead)
    {
        if (dead.Count == 0)
            return;
        try
        {
            foreach (var lane in await notifications.GiveBackOfAsync(dead))
                signal.Notify(lane);
        }
        catch (Exception error)
        {
            // What is not given back is due when its claim has ended.
            LogNotGivenBack(logger, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What dead silos had claimed waits until their claims end: {Error}")]
    private static partial void LogNotGivenBack(ILogger logger, string error);
}
