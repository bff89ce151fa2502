using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.History;
using Npgsql;

namespace Airliner.Tasks.Silo.History;

/// <summary>Reads the table of what happened to tasks.</summary>
internal sealed class TaskHistoryTable([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : ITaskHistory
{
    private const string HasEnded = $"status in ('{TaskStatuses.Completed}', '{TaskStatuses.Failed}', '{TaskStatuses.Cancelled}')";

    /// <remarks>One statement, so that a task that has ended is read with its end.</remarks>
    private static readonly string _read = $"""
        select user_id, {HasEnded}, (select count(*) from (select from task_history as any_fact where any_fact.id = tasks.id limit {Page<TaskFact>.CountedAtMost}) as counted),
            sequence, event::text
        from tasks left join lateral (
            select sequence, event from task_history where task_history.id = tasks.id and sequence > $2 order by sequence limit $3 offset $4
        ) as facts on true
        where tasks.id = $1 order by sequence
        """;

    private const string FindNews = $"""
        select place from unnest($1::bigint[], $2::bigint[]) with ordinality as known (id, after, place) left join tasks using (id)
        where tasks.id is null or {HasEnded} or exists (select from task_history where task_history.id = known.id and sequence > after)
        """;

    public Task<TaskHistory?> ReadAsync(long taskId, long after, int limit, int offset) => DatabaseQuestions.AskAsync(TasksStorage.TaskHistory, async () =>
    {
        await using var command = database.CreateCommand(_read);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = taskId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after });
        // One more than the page holds tells whether another follows.
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit + 1 });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = offset });
        await using var reader = await command.ExecuteReaderAsync();
        var facts = new List<TaskFact>();
        TaskHistory? history = null;
        while (await reader.ReadAsync())
        {
            if (facts.Count < limit && !reader.IsDBNull(3))
                facts.Add(new TaskFact(reader.GetInt64(3), reader.GetString(4)));
            else if (facts.Count == limit)
                return history! with { Facts = history.Facts with { HasMore = true } };
            history ??= new TaskHistory(reader.GetInt64(0), reader.GetBoolean(1), new(facts, reader.GetInt64(2), HasMore: false));
        }

        return history;
    });

    /// <summary>Of which of the tasks there is more to read than what is known, or which have ended or are gone: their places in the list.</summary>
    public Task<IReadOnlyList<int>> FindNewsAsync(IReadOnlyList<(long TaskId, long After)> known, CancellationToken cancellationToken) =>
        DatabaseQuestions.AskAsync<IReadOnlyList<int>>(TasksStorage.TaskHistory, async () =>
        {
            await using var command = database.CreateCommand(FindNews);
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(one => one.TaskId)] });
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(one => one.After)] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var places = new List<int>();
            while (await reader.ReadAsync(cancellationToken))
                places.Add((int)reader.GetInt64(0) - 1);
            return places;
        });
}
