using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Users.Grains;

/// <summary>Reads the audit log of User Management. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("user-audit")]
internal sealed class UserAuditGrain([FromKeyedServices(UsersStorage.Service)] IAuditLog log) : Grain, IUserAuditGrain
{
    public Task<Page<AuditView>> List(long? userId, PageRequest page) => log.ListAsync(userId, page);
}
