using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Schedules;
using Npgsql;

namespace Airliner.Tasks.Silo.Schedules;

/// <summary>A user's schedules.</summary>
internal sealed class ScheduleData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains)
    : RecordData<ScheduleState>("schedules", database, ScheduleTable.Map, (id, schedule) => schedule.View(id))
{
    protected override Task EraseRecordAsync(long id) => grains.GetGrain<IScheduleGrain>(id).Delete();
}
