using Airliner.Contracts.Tasks;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.Workers;

/// <summary>Lists the types that workers have registered. Key: any. Store: none; reads the table <c>task_types</c>.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("task-types")]
internal sealed class TaskTypesGrain(ITaskTypeTable table) : Grain, ITaskTypesGrain
{
    public Task<IReadOnlyList<string>> All() => table.AllAsync();
}

/// <summary>The rows of the types that workers have registered.</summary>
internal interface ITaskTypeTable
{
    /// <summary>In alphabetical order.</summary>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    Task<IReadOnlyList<string>> AllAsync();

    /// <summary>Registers types; of those that are there it notes that they were seen.</summary>
    /// <param name="most">Types that the client may have registered.</param>
    /// <returns>False where it would have more: then none is registered.</returns>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    Task<bool> RegisterAsync(string clientId, IReadOnlyList<string> taskTypes, int most);
}

/// <summary>Leases as the table of tasks has them.</summary>
internal interface ILeaseTable
{
    /// <summary>What an owner holds of some types.</summary>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    Task<IReadOnlyList<WorkerLease>> FindAsync(string owner, IReadOnlyList<string> taskTypes);
}
