using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Users.Grains;

/// <summary>Lists users. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("user-queries")]
internal sealed class UserQueriesGrain(IUserIndex index) : Grain, IUserQueriesGrain
{
    public Task<Page<UserView>> List(UserFilter filter, PageRequest page) => index.ListAsync(filter, page);
}

/// <summary>Hands out user ids. Key: the table. Store: its sequence.</summary>
[StatelessWorker(1)]
[GrainType("user-id-blocks")]
internal sealed class UserIdBlocksGrain([FromKeyedServices(UsersStorage.Service)] IServiceDatabase database) : Grain, IUserIdBlocks
{
    public Task<IdBlock> Take() => database.TakeIdsAsync(this.GetPrimaryKeyString());
}

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("users-probe")]
internal sealed class UsersProbeGrain([FromKeyedServices(UsersStorage.Service)] IServiceDatabase database) : Grain, IUsersProbe
{
    public Task Ping() => database.PingAsync();
}
