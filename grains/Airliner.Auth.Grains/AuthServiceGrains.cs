using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>Exports and erases what the service holds of users. Key: any. Store: none; asks the service's sources.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("auth-personal-data")]
internal sealed class AuthPersonalDataGrain([FromKeyedServices(AuthStorage.Service)] IEnumerable<IPersonalDataSource> sources) : Grain, IAuthPersonalData
{
    public Task<string> Export(long userId) => sources.ExportAllAsync(userId);

    public Task<ExportPart> ExportPart(long userId, ExportPlace? from) => sources.ExportPartAsync(userId, from);

    public Task Erase(long userId) => sources.EraseAllAsync(userId);
}

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("auth-probe")]
internal sealed class AuthProbeGrain([FromKeyedServices(AuthStorage.Service)] IServiceDatabase database) : Grain, IAuthProbe
{
    public Task Ping() => database.PingAsync();
}
