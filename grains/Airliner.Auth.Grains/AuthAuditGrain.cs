using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>Reads the audit log of Token Management. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("auth-audit")]
internal sealed class AuthAuditGrain([FromKeyedServices(AuthStorage.Service)] IAuditLog log) : Grain, IAuthAuditGrain
{
    public Task<Page<AuditView>> List(long? userId, PageRequest page) => log.ListAsync(userId, page);
}
