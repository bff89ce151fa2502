using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>A user's tasks.</summary>
internal sealed class TaskData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains)
    : RecordData<TaskState>("tasks", database, TaskTables.Tasks, (id, task) => task.View(id))
{
    protected override RecordList ListOf(long userId) => TaskIndex.ListOf(new TaskFilter(UserId: userId));

    protected override long LengthOf(TaskState record) => TaskIndex.LengthOf(record);

    protected override Task EraseRecordAsync(long id) => grains.GetGrain<ITaskGrain>(id).Erase();
}
