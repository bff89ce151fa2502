using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Batches;
using Airliner.Tasks.Grains.Groups;
using Airliner.Tasks.Silo.Groups;

namespace Airliner.Tasks.Silo.Batches;

/// <summary>Batches of tasks and their groups, as a part of the module.</summary>
internal static class TaskBatchesModule
{
    public static ISiloBuilder AddTaskBatches(this ISiloBuilder silo, IConfiguration configuration)
    {
        silo.AddRecords(TasksStorage.Service, TaskGroupTable.Map);
        silo.Services.Configure<TaskGroupOptions>(configuration.GetSection("Tasks:Groups"));
        silo.Services
            .AddSingleton<ITaskBatchTable, TaskBatchTable>()
            .AddSingleton<ITaskGroupTable, TaskGroupTable>()
            .AddKeyedSingleton<IPersonalDataSource, TaskGroupData>(TasksStorage.Service)
            .AddHostedService<TaskGroupSweep>();
        return silo;
    }
}
