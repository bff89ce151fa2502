using Airliner.Contracts;
using Airliner.Contracts.Records;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Notifications.Grains;

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("notifications-probe")]
internal sealed class NotificationsProbeGrain([FromKeyedServices("notifications")] IServiceDatabase database) : Grain, INotificationsProbe
{
    public Task Ping() => database.PingAsync();
}
