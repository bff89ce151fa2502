using Airliner.Contracts;
using Airliner.Contracts.Records;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("auth-probe")]
internal sealed class AuthProbeGrain([FromKeyedServices(AuthStorage.Service)] IServiceDatabase database) : Grain, IAuthProbe
{
    public Task Ping() => database.PingAsync();
}
