using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>A user's tasks.</summary>
internal sealed class TaskData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "tasks";

    public async Task<JsonNode?> ExportAsync(long userId, CancellationToken cancellationToken)
    {
        var tasks = new JsonArray();
        await foreach (var task in Of(userId, cancellationToken))
            tasks.Add(JsonSerializer.SerializeToNode(task.Record.View(task.Key), AirlinerJson.Options));
        return tasks;
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await Parallel.ForEachAsync(
            Of(userId, cancellationToken), PersonalDataSources.Bounded(cancellationToken), async (task, _) => await grains.GetGrain<ITaskGrain>(task.Key).Erase());
    }

    private IAsyncEnumerable<StoredRecord<long, TaskState>> Of(long userId, CancellationToken cancellationToken) =>
        new RecordList().Where("user_id =", (long?)userId).ReadAllAsync(database, TaskTables.Tasks, cancellationToken);
}
