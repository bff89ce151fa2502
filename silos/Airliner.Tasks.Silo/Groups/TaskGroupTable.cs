using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Groups;
using Npgsql;
using Orleans.Storage;

namespace Airliner.Tasks.Silo.Groups;

/// <summary>How groups are kept as rows, and how their tasks are counted.</summary>
internal sealed class TaskGroupTable(RecordStorage<string, TaskGroupState> groups, [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : ITaskGroupTable
{
    public static RecordTable<string, TaskGroupState> Map { get; } = new(
        TasksStorage.Groups,
        [
            Column.Of<TaskGroupState, string>("name", group => group.Name),
            Column.Of<TaskGroupState, long>("user_id", group => group.UserId),
            Column.Of<TaskGroupState, DateTimeOffset>("created_at", group => group.CreatedAt),
            Column.Of<TaskGroupState, DateTimeOffset?>("completed_at", group => group.CompletedAt),
            Column.Of<TaskGroupState, int>("total", group => group.Final.Total),
            Column.Of<TaskGroupState, int>("completed", group => group.Final.Completed),
            Column.Of<TaskGroupState, int>("failed", group => group.Final.Failed),
            Column.Of<TaskGroupState, int>("cancelled", group => group.Final.Cancelled),
        ],
        row => new TaskGroupState
        {
            Name = row.Next<string>(),
            UserId = row.Next<long>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            CompletedAt = row.Next<DateTimeOffset?>(),
            Final = new(Total: row.Next<int>(), Left: 0, Completed: row.Next<int>(), Failed: row.Next<int>(), Cancelled: row.Next<int>()),
        });

    public async Task CreateAsync(string groupId, TaskGroupState group)
    {
        try
        {
            await groups.CreateAsync(groupId, group);
        }
        catch (InconsistentStateException)
        {
            // An earlier try may have made it, and its answer was lost.
            if (await groups.FindAsync(groupId) is null)
                throw;
        }
    }

    public Task<MemberCounts> CountAsync(string groupId) => DatabaseQuestions.AskAsync(TasksStorage.Groups, async () =>
    {
        await using var command = database.CreateCommand(
            """
            select count(*)::int, count(*) filter (where status = 'completed')::int, count(*) filter (where status = 'failed')::int,
                count(*) filter (where status = 'cancelled')::int
            from tasks where group_id = $1
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = groupId });
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var (total, completed, failed, cancelled) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3));
        return new MemberCounts(total, total - completed - failed - cancelled, completed, failed, cancelled);
    });
}
