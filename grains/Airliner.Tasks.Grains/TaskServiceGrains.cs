using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains;

/// <summary>Lists tasks and queues. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("task-queries")]
internal sealed class TaskQueriesGrain(ITaskIndex index, IQueueTable queues, TaskLimits limits, TimeProvider time) : Grain, ITaskQueriesGrain
{
    public Task<Page<TaskView>> List(TaskFilter filter, PageRequest page) => index.ListAsync(filter, page);

    public async Task<IReadOnlyList<TaskQueueView>> Queues()
    {
        var now = time.GetUtcNow();
        return [.. (await queues.MeasureAsync(now)).Select(size => size.View(limits, now))];
    }
}

/// <summary>Hands out ids of tasks and files. Key: the table. Store: its sequence.</summary>
[StatelessWorker(1)]
[GrainType("task-id-blocks")]
internal sealed class TaskIdBlocksGrain([FromKeyedServices(TasksStorage.Service)] IServiceDatabase database) : Grain, ITaskIdBlocks
{
    public Task<IdBlock> Take() => database.TakeIdsAsync(this.GetPrimaryKeyString());

    public Task<IReadOnlyList<IdBlock>> TakeUpTo(int count) => database.TakeIdsUpToAsync(this.GetPrimaryKeyString(), count);
}

/// <summary>Exports and erases what the service holds of users. Key: any. Store: none; asks the service's sources.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("tasks-personal-data")]
internal sealed class TasksPersonalDataGrain([FromKeyedServices(TasksStorage.Service)] IEnumerable<IPersonalDataSource> sources) : Grain, ITasksPersonalData
{
    public Task<string> Export(long userId) => sources.ExportAllAsync(userId);

    public Task<ExportPart> ExportPart(long userId, ExportPlace? from) => sources.ExportPartAsync(userId, from);

    public Task Erase(long userId) => sources.EraseAllAsync(userId);
}

/// <summary>Says whether the service can work. Key: any. Store: none.</summary>
[StatelessWorker(1)]
[GrainType("tasks-probe")]
internal sealed class TasksProbeGrain([FromKeyedServices(TasksStorage.Service)] IServiceDatabase database) : Grain, ITasksProbe
{
    public Task Ping() => database.PingAsync();
}
