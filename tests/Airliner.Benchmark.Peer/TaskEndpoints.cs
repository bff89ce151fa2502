using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Airliner.Benchmark.Peer;

/// <summary>Create, get and list, each one statement.</summary>
internal static class TaskEndpoints
{
    private const int PageSize = 50;

    private const string Columns =
        "id, reference, task_type, user_id, priority, status, progress, parameters, result, error_message, attempts, created_at, started_at, completed_at, updated_at, run_at";

    /// <summary>The task and its event commit together, as they must.</summary>
    private const string Insert = """
        with task as (
            insert into tasks (reference, task_type, user_id, priority, status, progress, parameters, attempts, run_at, created_at, updated_at)
            values ($1, $2, $3, $4, 'pending', 0, $5, 0, $6, $7, $7)
            returning id
        ), event as (
            insert into outbox (event_id, topic, key, payload)
            select $8, 'task-events', id::text, jsonb_build_object(
                'eventType', 'task_created', 'taskId', id, 'taskReference', $1, 'taskType', $2, 'userId', $3, 'priority', $4, 'timestamp', $7)
            from task
        )
        select id from task
        """;

    public static void MapTasks(this IEndpointRouteBuilder app, NpgsqlDataSource database, NpgsqlDataSource lists)
    {
        app.MapPost("/tasks", (CreateBody body) => CreateAsync(database, body));
        app.MapGet("/tasks/{id:long}", (long id) => GetAsync(database, id));
        app.MapGet("/tasks", (long userId, long? cursor) => ListAsync(lists, userId, cursor));
    }

    private static async Task<IResult> CreateAsync(NpgsqlDataSource database, CreateBody body)
    {
        var now = TimeProvider.System.GetUtcNow();
        var eventId = Guid.CreateVersion7();
        var reference = string.Create(CultureInfo.InvariantCulture, $"TASK{now:yyyyMMdd}{Random.Shared.NextInt64(uint.MaxValue):X8}");
        var (type, priority) = (body.TaskType ?? "data_processing", body.Priority ?? "medium");
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = reference });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = type });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = body.UserId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = priority });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = body.Parameters?.GetRawText() ?? "{}", NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = body.RunAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = eventId });
        var id = (long)(await command.ExecuteScalarAsync())!;
        var task = new PeerTask(
            id, reference, type, body.UserId, priority, "pending", 0, body.Parameters ?? default, null, null, 0, null, now, null, null, now, body.RunAt);
        return Results.Created($"/tasks/{id}", new TaskAnswer(task));
    }

    private static async Task<IResult> GetAsync(NpgsqlDataSource database, long id)
    {
        await using var command = database.CreateCommand($"select {Columns} from tasks where id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? Results.Ok(new TaskAnswer(Read(reader))) : Results.NotFound();
    }

    private static async Task<IResult> ListAsync(NpgsqlDataSource database, long userId, long? cursor)
    {
        await using var command = database.CreateCommand($"select {Columns} from tasks where user_id = $1 and id < $2 order by id desc limit 51");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = cursor ?? long.MaxValue });
        await using var reader = await command.ExecuteReaderAsync();
        var tasks = new List<PeerTask>(PageSize);
        var hasMore = false;
        while (await reader.ReadAsync())
        {
            if (tasks.Count < PageSize)
                tasks.Add(Read(reader));
            else
                hasMore = true;
        }

        return Results.Ok(new ListAnswer(tasks, new PageInfo(PageSize, hasMore, hasMore ? tasks[^1].TaskId : null)));
    }

    private static PeerTask Read(NpgsqlDataReader row)
    {
        var (started, completed) = (Time(row, 12), Time(row, 13));
        return new(
            row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetInt32(6), Json(row, 7)!.Value,
            Json(row, 8), row.IsDBNull(9) ? null : row.GetString(9), row.GetInt32(10), (completed - started)?.TotalSeconds,
            row.GetFieldValue<DateTimeOffset>(11), started, completed, row.GetFieldValue<DateTimeOffset>(14), Time(row, 15));
    }

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static JsonElement? Json(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(column), PeerJson.Default.JsonElement);
}
