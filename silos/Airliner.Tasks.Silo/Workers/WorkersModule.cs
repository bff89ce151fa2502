using Airliner.Tasks.Grains.Workers;

namespace Airliner.Tasks.Silo.Workers;

/// <summary>Registers what workers outside need of the silo.</summary>
internal static class WorkersModule
{
    public static IServiceCollection AddWorkers(this IServiceCollection services) => services
        .AddSingleton<LeaseOwners>()
        .AddSingleton<ITaskTypeTable, TaskTypeTable>()
        .AddSingleton<ILeaseTable, LeaseTable>()
        .AddHostedService<TaskTypeSweep>();
}
