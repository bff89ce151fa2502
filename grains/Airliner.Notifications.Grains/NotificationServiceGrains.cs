using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Notifications.Grains;

/// <summary>Exports and erases what the service holds of users. Key: any. Store: none; asks the service's sources.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("notifications-personal-data")]
internal sealed class NotificationsPersonalDataGrain([FromKeyedServices(NotificationsStorage.Service)] IEnumerable<IPersonalDataSource> sources) : Grain, INotificationsPersonalData
{
    public Task<string> Export(long userId) => sources.ExportAllAsync(userId);

    public Task<ExportPart> ExportPart(long userId, ExportPlace? from) => sources.ExportPartAsync(userId, from);

    public Task Erase(long userId) => sources.EraseAllAsync(userId);
}

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("notifications-probe")]
internal sealed class NotificationsProbeGrain([FromKeyedServices(NotificationsStorage.Service)] IServiceDatabase database) : Grain, INotificationsProbe
{
    public Task Ping() => database.PingAsync();
}
