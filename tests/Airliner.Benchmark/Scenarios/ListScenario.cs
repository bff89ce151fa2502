using System.Globalization;
using System.Net;
using Airliner.Benchmark.Load;
using Airliner.Benchmark.Processes;
using Airliner.Benchmark.Reporting;
using Npgsql;

namespace Airliner.Benchmark.Scenarios;

/// <summary>Lists by every filter, of users and of an administrator, each at some page of it, at a million tasks and before that at ten thousand.</summary>
internal sealed class ListScenario : Scenario
{
    private const int Few = 10_000;
    private const int Many = 1_000_000;
    private const int Users = 10;

    /// <summary>Above what the service hands out meanwhile.</summary>
    private const int FirstId = 1_000_000;

    /// <summary>Few enough that the time of a page is measured, and not the wait for its turn.</summary>
    private const int Connections = 8;

    /// <summary>Pages of a list that are read, each as likely as the others: 2,500 tasks.</summary>
    private const int Deepest = 50;

    /// <summary>What is asked for, in turn: each filter alone and some together, from the newest, from the middle and near the end.</summary>
    private static readonly string[] _queries =
    [
        "", "?status=failed", "?status=completed", "?status=pending", "?taskType=image_processing", "?taskType=data_processing", "?priority=critical", "?priority=medium",
        "?createdAfter=2026-01-04T00:00:00Z&createdBefore=2026-01-05T00:00:00Z", "?createdBefore=2026-01-01T12:00:00Z", "?createdAfter=2026-01-06T12:00:00Z",
        "?status=failed&priority=critical", "?status=completed&taskType=data_export&createdBefore=2026-01-03T00:00:00Z", "?taskType=image_processing&priority=low",
    ];

    public override IReadOnlyList<string> Measures { get; } = ["list1m"];

    public override async Task<IReadOnlyList<Row>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var accounts = await bench.AccountsAsync(cancellation);
        var users = await accounts.TakeAsync(Users, cancellation);
        var port = (await bench.ServiceAsync("Tasks", cancellation)).RestPort;
        var database = await (await bench.EnvironsAsync(cancellation)).CreateDatabaseAsync("TASK_PROCESSING");
        var administrator = await accounts.AdministratorTokenAsync(cancellation);
        // Dealt out to the connections, so that each reads lists of users and of an administrator.
        ListPage[][] sets =
        [
            .. users.SelectMany(user => new[] { Lists(user.Token), Lists(administrator, $"userId={user.UserId}"), Lists(administrator) })
                .Index().GroupBy(list => list.Index % Connections, list => list.Item).Select(lists => lists.SelectMany(pages => pages).ToArray()),
        ];

        var few = await MeasureAsync(Few);
        var many = await MeasureAsync(Many);
        return
        [
            new("list1m", "list at 1,000,000 tasks", many, few, "p99 ≤ 2 × at 10,000", string.Create(
                CultureInfo.InvariantCulture,
                $"the peer is the system itself at 10,000, and the ratio that of the p99; p50 {many.P50 / few.P50:0.00} times as long; {_queries.Length} filters in turn, of each a page from 1 to {Deepest}, or its last; {Connections} connections"))
            {
                Ratio = many.P99 / few.P99,
            },
        ];

        async Task<LoadResult> MeasureAsync(int count)
        {
            await SeedAsync(database, users, count, cancellation);
            using var pages = new ListPages(port);
            var workload = new PreparedRequests((int)HttpStatusCode.OK, await pages.FindAsync(sets, cancellation));
            var what = string.Create(CultureInfo.InvariantCulture, $"list at {count:#,##0}");
            return (await bench.CompareAsync(what, () => bench.LoadAsync(port, workload, cancellation, Connections))).System;
        }
    }

    private static ListPage[] Lists(string token, string? filter = null) =>
        [.. _queries.Select(query => new ListPage(TaskBodies.SystemPath + query + (filter is null ? "" : query.Length == 0 ? $"?{filter}" : $"&{filter}"), token, Random.Shared.Next(1, Deepest + 1)))];

    /// <summary>Tasks over six and a half days, however many: most completed, a few failed, the oldest waiting.</summary>
    private static async Task SeedAsync(string database, IReadOnlyList<Account> users, int count, CancellationToken cancellation)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync(cancellation);
        await using var clear = new NpgsqlCommand("truncate tasks, task_spans", connection);
        await clear.ExecuteNonQueryAsync(cancellation);
        await using var insert = new NpgsqlCommand(
            """
            insert into tasks (id, version, event_sequence, command_id, reference, task_type, user_id, priority, status, progress, parameters, attempts, max_attempts,
                timeout_seconds, due_at, queue_order, lease_owner, created_at, updated_at)
            select $1 + i, 1, 1, 'bench' || i, 'TASK2026010100000000',
                case when i % 1000 = 7 then 'image_processing' when i % 10 < 8 then 'data_processing' else 'data_export' end, $2[1 + i % array_length($2, 1)],
                case when i % 500 = 3 then 'critical' when i % 10 = 0 then 'low' else 'medium' end,
                case when i % 400 = 5 then 'failed' when i % 1000 = 9 then 'pending' else 'completed' end,
                0, '{"source":{"fileId":1000}}', 1, 3, 60, timestamptz '2099-01-01', timestamptz '2099-01-01', '',
                timestamptz '2026-01-01' + (i::float8 / $3) * interval '156 hours', now()
            from generate_series(0, $3 - 1) as i
            """,
            connection)
        {
            CommandTimeout = 600,
            Parameters =
            {
                new NpgsqlParameter<int> { TypedValue = FirstId },
                new NpgsqlParameter<long[]> { TypedValue = [.. users.Select(user => user.UserId)] },
                new NpgsqlParameter<int> { TypedValue = count },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
    }
}
