using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>Finds due tasks for a queue. However many wait, it reads a bounded number of index entries, none of a task that is not due but one for each user.</summary>
internal static class DueTasks
{
    /// <summary>Users, with each priority that they have, whose tasks are looked at in one reading.</summary>
    internal const int MostOnPage = 500;

    /// <summary>The most urgent of all that are read each time, of each priority.</summary>
    internal const int MostUrgent = 100;

    private const string Columns = "id, user_id, due_at, queue_order, attempts";

    /// <summary>Of every priority those that have been due longest.</summary>
    private static readonly string _urgent = $"""
        select task.* from unnest($4::text[]) as every (priority) cross join lateral (
            select {Columns} from tasks
            where task_type = $1 and status = 'pending' and priority = every.priority and due_at <= $2 and id <> all ($3)
            order by due_at, id limit {MostUrgent}
        ) as task
        """;

    /// <summary>
    /// The next users after the last page's, each found by one step in the index from the one before, and the first tasks of each. A recursive query is evaluated
    /// as far as its limit asks for. The first tasks are asked for as a range, and not by user and priority being equal: so one index alone has their order.
    /// </summary>
    private static readonly string _page = $"""
        with recursive turn as (
            (select user_id, priority from tasks
             where task_type = $1 and status = 'pending' and (user_id, priority) > ($4, $5) order by user_id, priority limit 1)
            union all
            select next.user_id, next.priority from turn cross join lateral (
                select user_id, priority from tasks
                where task_type = $1 and status = 'pending' and (user_id, priority) > (turn.user_id, turn.priority) order by user_id, priority limit 1
            ) as next
        ), page as materialized (select * from turn limit {MostOnPage})
        select page.user_id, page.priority, task.id, task.due_at, task.queue_order, task.attempts, (select greatest(1, $6 / greatest(1, count(*))) from page)
        from page left join lateral (
            select id, due_at, queue_order, attempts from tasks
            where task_type = $1 and status = 'pending' and id <> all ($3)
                and (user_id, priority) >= (page.user_id, page.priority) and (user_id, priority, due_at) <= (page.user_id, page.priority, $2)
            order by user_id, priority, due_at, id limit (select greatest(1, $6 / greatest(1, count(*))) from page)
        ) as task on true
        """;

    public static Task<DuePage> FindAsync(NpgsqlDataSource database, DueQuery query)
    {
        var urgent = Command(_urgent, query);
        urgent.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Priorities.All] });
        var page = Command(_page, query);
        page.Parameters.Add(new NpgsqlParameter<long> { TypedValue = query.After?.UserId ?? long.MinValue });
        page.Parameters.Add(new NpgsqlParameter<string> { TypedValue = query.After?.Priority ?? "" });
        page.Parameters.Add(new NpgsqlParameter<long> { TypedValue = query.Rows });
        return OrderedReads.ReadAsync(database, [urgent, page], reader => ReadAsync(reader, query));
    }

    private static async Task<DuePage> ReadAsync(NpgsqlDataReader reader, DueQuery query)
    {
        var tasks = new Dictionary<long, QueuedTask>();
        while (await reader.ReadAsync())
        {
            var id = reader.GetInt64(0);
            tasks[id] = new(id, reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetFieldValue<DateTimeOffset>(3), reader.GetInt32(4));
        }

        await reader.NextResultAsync();
        var users = new Dictionary<UserPriority, int>();
        UserPriority last = default;
        var isCutShort = query.After is not null;
        while (await reader.ReadAsync())
        {
            last = new(reader.GetInt64(0), reader.GetString(1));
            users.TryAdd(last, 0);
            if (await reader.IsDBNullAsync(2))
                continue;
            var id = reader.GetInt64(2);
            tasks[id] = new(id, last.UserId, reader.GetFieldValue<DateTimeOffset>(3), reader.GetFieldValue<DateTimeOffset>(4), reader.GetInt32(5));
            isCutShort |= ++users[last] == reader.GetInt64(6);
        }

        var hasNext = users.Count == MostOnPage;
        return new([.. tasks.Values], hasNext ? last : null, hasNext || isCutShort);
    }

    private static NpgsqlBatchCommand Command(string sql, DueQuery query) => new(sql)
    {
        Parameters =
        {
            new NpgsqlParameter<string> { TypedValue = query.TaskType },
            new NpgsqlParameter<DateTimeOffset> { TypedValue = query.Until },
            new NpgsqlParameter<long[]> { TypedValue = query.Except },
        },
    };
}
