using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
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

    public Task<UserStanding?> GetStanding(long userId) => index.StandingAsync(userId);
}

/// <summary>Hands out user ids. Key: the table. Store: its sequence.</summary>
[StatelessWorker(1)]
[GrainType("user-id-blocks")]
internal sealed class UserIdBlocksGrain([FromKeyedServices(UsersStorage.Service)] IServiceDatabase database) : Grain, IUserIdBlocks
{
    public Task<IdBlock> Take() => database.TakeIdsAsync(this.GetPrimaryKeyString());

    public Task<IReadOnlyList<IdBlock>> TakeUpTo(int count) => database.TakeIdsUpToAsync(this.GetPrimaryKeyString(), count);
}

/// <summary>Exports and erases what the service holds of users. Key: any. Store: none; asks the service's sources.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("users-personal-data")]
internal sealed class UsersPersonalDataGrain([FromKeyedServices(UsersStorage.Service)] IEnumerable<IPersonalDataSource> sources) : Grain, IUsersPersonalData
{
    public Task<string> Export(long userId) => sources.ExportAllAsync(userId);

    public Task<ExportPart> ExportPart(long userId, ExportPlace? from) => sources.ExportPartAsync(userId, from);

    public Task Erase(long userId) => sources.EraseAllAsync(userId);
}

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("users-probe")]
internal sealed class UsersProbeGrain([FromKeyedServices(UsersStorage.Service)] IServiceDatabase database) : Grain, IUsersProbe
{
    public Task Ping() => database.PingAsync();
}
