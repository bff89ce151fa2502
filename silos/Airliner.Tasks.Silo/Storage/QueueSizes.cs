using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using Npgsql;
using NpgsqlTypes;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>Measures queues: counted up to a bound, so that it costs the same over a million rows.</summary>
internal static class QueueSizes
{
    private static readonly string _measure = $"""
        select
            queue.task_type,
            {Count("due_at <= $1")},
            {Count("due_at > $1")},
            (select count(*) from tasks where task_type = queue.task_type and status in ('processing', 'cancelling')),
            (select min(oldest.due_at) from unnest($2::text[]) as every (priority) cross join lateral (
                {Waiting("due_at <= $1")} limit 1
            ) as oldest)
        from task_queues as queue
        where $3 is null or queue.task_type = $3
        order by queue.task_type
        """;

    public static Task<IReadOnlyList<QueueSize>> MeasureAsync(NpgsqlDataSource database, DateTimeOffset now, string? taskType)
    {
        var measure = new NpgsqlBatchCommand(_measure)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTimeOffset> { TypedValue = now },
                new NpgsqlParameter<string[]> { TypedValue = [.. Priorities.All] },
                new NpgsqlParameter<string?> { TypedValue = taskType, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        return OrderedReads.ReadAsync(database, [measure], ReadAsync);
    }

    private static async Task<IReadOnlyList<QueueSize>> ReadAsync(NpgsqlDataReader reader)
    {
        var sizes = new List<QueueSize>();
        while (await reader.ReadAsync())
        {
            sizes.Add(new(
                reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
                await reader.IsDBNullAsync(4) ? null : reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return sizes;
    }

    private static string Waiting(string when) =>
        $"select due_at from tasks where task_type = queue.task_type and status = 'pending' and priority = every.priority and {when} order by due_at, id";

    private static string Count(string when) => $"""
        (select count(*) from (
            select from unnest($2::text[]) as every (priority) cross join lateral (
                {Waiting(when)} limit {TaskQueueView.CountedAtMost}
            ) as waiting limit {TaskQueueView.CountedAtMost}
        ) as counted)
        """;
}
