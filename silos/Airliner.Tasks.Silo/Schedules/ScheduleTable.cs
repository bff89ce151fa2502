using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Schedules;
using Npgsql;

namespace Airliner.Tasks.Silo.Schedules;

/// <summary>How schedules are kept as rows, and what is done beside their grains.</summary>
internal sealed class ScheduleTable(
    RecordStorage<long, ScheduleState> schedules,
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database,
    [FromKeyedServices(TasksStorage.Tasks)] RecordIds taskIds) : IScheduleTable
{
    public static RecordTable<long, ScheduleState> Map { get; } = new(
        TasksStorage.Schedules,
        [
            Column.Of<ScheduleState, string>("command_id", schedule => schedule.CommandId),
            Column.Of<ScheduleState, long>("user_id", schedule => schedule.UserId),
            Column.Of<ScheduleState, string>("name", schedule => schedule.Name),
            Column.Of<ScheduleState, string>("cron", schedule => schedule.Cron),
            Column.Of<ScheduleState, string>("time_zone", schedule => schedule.TimeZone),
            Column.Of<ScheduleState, string>("missed_runs", schedule => schedule.MissedRuns),
            Column.Of<ScheduleState, string>("task_type", schedule => schedule.TaskType),
            Column.Of<ScheduleState, string>("priority", schedule => schedule.Priority),
            Column.JsonAsGiven<ScheduleState>("parameters", schedule => schedule.Parameters),
            Column.Of<ScheduleState, int?>("max_attempts", schedule => schedule.MaxAttempts),
            Column.Of<ScheduleState, int?>("timeout_seconds", schedule => schedule.TimeoutSeconds),
            Column.Of<ScheduleState, DateTimeOffset>("created_at", schedule => schedule.CreatedAt),
            Column.Of<ScheduleState, DateTimeOffset?>("next_run_at", schedule => schedule.NextRunAt),
            Column.Of<ScheduleState, DateTimeOffset?>("last_run_at", schedule => schedule.LastRunAt),
            Column.Of<ScheduleState, long?>("last_task_id", schedule => schedule.LastTaskId),
        ],
        row => new ScheduleState
        {
            CommandId = row.Next<string>(),
            UserId = row.Next<long>(),
            Name = row.Next<string>(),
            Cron = row.Next<string>(),
            TimeZone = row.Next<string>(),
            MissedRuns = row.Next<string>(),
            TaskType = row.Next<string>(),
            Priority = row.Next<string>(),
            Parameters = row.Next<string>(),
            MaxAttempts = row.Next<int?>(),
            TimeoutSeconds = row.Next<int?>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            NextRunAt = row.Next<DateTimeOffset?>(),
            LastRunAt = row.Next<DateTimeOffset?>(),
            LastTaskId = row.Next<long?>(),
        });

    public Task CreateAsync(long scheduleId, ScheduleState schedule) => schedules.CreateAsync(scheduleId, schedule);

    public async Task<(long ScheduleId, ScheduleState Schedule)?> FindAsync(long scheduleId, string commandId)
    {
        if (await schedules.FindAsync(scheduleId) is { } byId)
            return (scheduleId, byId);
        return await CommandIndex.FindAsync(database, Map, commandId) is { } found ? (found.Key, found.Record) : null;
    }

    public Task<int> CountAsync(long userId) => DatabaseQuestions.AskAsync(TasksStorage.Schedules, async () =>
    {
        await using var command = database.CreateCommand("select count(*)::int from schedules where user_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return (int)(await command.ExecuteScalarAsync())!;
    });

    public async Task<Page<ScheduleView>> ListAsync(long? userId, PageRequest page)
    {
        var schedules = await new RecordList().Where("user_id = @", userId).ReadAsync(database, Map, page);
        return schedules.Select(row => row.Record.View(row.Key));
    }

    public Task<long[]> TakeTaskIdsAsync(int count) => taskIds.TakeAsync(count, CancellationToken.None);
}
