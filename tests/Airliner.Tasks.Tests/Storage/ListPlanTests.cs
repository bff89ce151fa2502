using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Silo.Storage;
using Airliner.Tasks.Tests.Doubles;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

/// <summary>Every filter, alone and with every other, on many tasks whose values are far from even: what a list reads is bounded by its page, not by its table.</summary>
public sealed class ListPlanTests(ManyTasks tasks) : IClassFixture<ManyTasks>
{
    private const int Tasks = ManyTasks.Count;

    private static readonly DateTimeOffset _begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TasksDatabase _database = tasks.Database;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_list_reads_more_than_its_page_needs_whatever_its_filters()
    {
        // A count stops above 10,000; of the spans at both ends of a time, all 4,096 ids may be outside it; some dozen kinds bring a page each.
        const int MostCounted = 10_001 + (2 * 4096) + 2000;
        const int MostForPage = (2 * 4096) + 4000;
        const int MostBlocksForPage = 2000;
        var tooMuch = new List<string>();
        await using var connection = await _database.Source.OpenConnectionAsync(Token);
        foreach (var filter in Filters())
        {
            foreach (var before in new long?[] { null, 1000 + (Tasks / 2), 1100 })
            {
                var commands = TaskIndex.ListOf(filter).Commands("tasks", TaskTables.Tasks.SelectList, new PageRequest(50, before, 0));
                await using var transaction = await connection.BeginTransactionAsync(Token);
                await using (var settings = new NpgsqlCommand(commands[0].CommandText, connection))
                    await settings.ExecuteNonQueryAsync(Token);
                var page = await RowsReadAsync(connection, commands[1]);
                var count = await RowsReadAsync(connection, commands[2]);
                if (page.Rows > MostForPage || page.Blocks > MostBlocksForPage || count.Rows > MostCounted || count.Blocks > MostCounted)
                    tooMuch.Add($"{filter} before {before}: {page} for the page, {count} to count");
            }
        }

        Assert.True(tooMuch.Count == 0, string.Join('\n', tooMuch));
    }

    [Fact]
    public async Task Every_list_shows_what_a_scan_of_all_tasks_finds_and_its_total_is_exact_or_says_that_it_is_not()
    {
        var index = new TaskIndex(_database.Source);
        foreach (var filter in Filters())
        {
            var page = await index.ListAsync(filter, new PageRequest(5, null, 2));
            var (ids, total) = await ScanAsync(filter);
            Assert.Equal((filter, ids.Skip(2).Take(5).ToList()), (filter, page.Items.Select(task => task.TaskId).ToList()), Same);
            Assert.Equal((filter, total > 10_000, ids.Count > 7), (filter, page.TotalIsEstimate, page.HasMore));
            if (page.TotalIsEstimate)
                Assert.InRange(page.Total, 10_000, Tasks);
            else
                Assert.Equal((filter, total), (filter, page.Total));
        }

        Assert.InRange((await index.ListAsync(new TaskFilter(), new PageRequest(1, null, 0))).Total, Tasks * 0.9, Tasks * 1.1);
    }

    private static bool Same((TaskFilter Filter, List<long> Ids) one, (TaskFilter Filter, List<long> Ids) other) => one.Filter == other.Filter && one.Ids.SequenceEqual(other.Ids);

    /// <summary>Each filter with values that few have and that many have, alone, with each other one, and all together.</summary>
    private static IEnumerable<TaskFilter> Filters() =>
        from user in new long?[] { null, 1001, 1003, 7 }
        from status in new[] { null, TaskStatuses.Pending, TaskStatuses.Completed }
        from type in new[] { null, "rare", "common" }
        from priority in new[] { null, Priorities.Critical, Priorities.Medium }
        from time in new (double? After, double? Before)[] { (null, null), (0.4, 0.6), (null, 0.001), (0.999, null), (null, 0.5), (2, null) }
        where (user is null ? 0 : 1) + (status is null ? 0 : 1) + (type is null ? 0 : 1) + (priority is null ? 0 : 1) + (time == (null, null) ? 0 : 1) is var given && (given <= 2 || (given == 5 && user > 1000 && time.After == 0.4))
        select new TaskFilter(user, status, type, priority, At(time.After), At(time.Before));

    private static DateTimeOffset? At(double? share) => share is { } of ? _begin.AddSeconds(10 * of * Tasks) : null;

    /// <summary>The rows that a statement's scans came by, those that a filter threw away included, and the blocks of tables and indexes that it read.</summary>
    private static async Task<(double Rows, double Blocks)> RowsReadAsync(NpgsqlConnection connection, NpgsqlBatchCommand statement)
    {
        await using var command = new NpgsqlCommand($"explain (analyze, buffers, timing off, format json) {statement.CommandText}", connection);
        foreach (NpgsqlParameter parameter in statement.Parameters)
            command.Parameters.Add(parameter.Clone());
        var plan = JsonElement.Parse((string)(await command.ExecuteScalarAsync(Token))!)[0].GetProperty("Plan");
        return (Scanned(plan), plan.GetProperty("Shared Hit Blocks").GetDouble() + plan.GetProperty("Shared Read Blocks").GetDouble());
    }

    private static double Scanned(JsonElement node)
    {
        var own = node.TryGetProperty("Relation Name", out _)
            ? node.GetProperty("Actual Loops").GetDouble() * (node.GetProperty("Actual Rows").GetDouble() + Number("Rows Removed by Filter") + Number("Rows Removed by Index Recheck"))
            : 0;
        return own + (node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().Sum(Scanned) : 0);

        double Number(string name) => node.TryGetProperty(name, out var number) ? number.GetDouble() : 0;
    }

    private async Task<(List<long> Ids, long Total)> ScanAsync(TaskFilter filter)
    {
        await using var command = _database.Source.CreateCommand(
            """
            select id, count(*) over () from tasks
            where ($1::bigint is null or user_id = $1) and ($2::text is null or status = $2) and ($3::text is null or task_type = $3)
              and ($4::text is null or priority = $4) and ($5::timestamptz is null or created_at >= $5) and ($6::timestamptz is null or created_at < $6)
            order by id desc limit 8
            """);
        foreach (var value in new object?[] { filter.UserId, filter.Status, filter.TaskType, filter.Priority, filter.CreatedAfter, filter.CreatedBefore })
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        await using var reader = await command.ExecuteReaderAsync(Token);
        var (ids, total) = (new List<long>(), 0L);
        while (await reader.ReadAsync(Token))
        {
            ids.Add(reader.GetInt64(0));
            total = reader.GetInt64(1);
        }

        return (ids, total);
    }
}
