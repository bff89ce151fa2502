using System.Globalization;
using System.Text.Json.Nodes;
using Airliner.Contracts.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.History;

/// <summary>
/// What happened to a user's tasks: the errors in it may tell of what was in them. It is erased after the tasks themselves (the module registers it after
/// them): of a task that is erased nothing is kept any more but that it was cancelled.
/// </summary>
internal sealed class TaskHistoryData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : IPersonalDataSource
{
    private const int TasksAtOnce = 1000;
    private const int EventsAtOnce = 1000;

    public string Name => "taskEvents";

    public Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync(TasksStorage.TaskHistory, async () =>
    {
        // Within a task's events too: of one that is tried again and again there are many.
        long[] place = [.. (after ?? "0/0").Split('/').Select(part => long.Parse(part, CultureInfo.InvariantCulture))];
        await using var command = database.CreateCommand("""
            select id, sequence, event::text from tasks join task_history using (id)
            where user_id = $1 and id >= $2 and (id, sequence) > ($2, $3) order by id, sequence limit $4
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = place[0] });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = place[1] });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = EventsAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new JsonArray();
        while (await reader.ReadAsync(cancellationToken))
        {
            place = [reader.GetInt64(0), reader.GetInt64(1)];
            events.Add(JsonNode.Parse(reader.GetString(2)));
        }

        return new PersonalDataPart(events, events.Count < EventsAtOnce ? null : string.Create(CultureInfo.InvariantCulture, $"{place[0]}/{place[1]}"));
    });

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        for (long? last = 0; last is { } after;)
            last = await EraseAsync(userId, after, cancellationToken);
    }

    /// <summary>Erases the history of some tasks, in the order of their ids.</summary>
    /// <returns>The last of them, null where there were none.</returns>
    private Task<long?> EraseAsync(long userId, long after, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync(TasksStorage.TaskHistory, async () =>
    {
        await using var command = database.CreateCommand("""
            with erased as (select id from tasks where user_id = $1 and id > $2 order by id limit $3),
                gone as (delete from task_history using erased where task_history.id = erased.id)
            select max(id) from erased
            """);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = TasksAtOnce });
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    });
}
