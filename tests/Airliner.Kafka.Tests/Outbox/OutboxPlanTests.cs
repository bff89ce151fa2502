using System.Text.Json;
using Airliner.Kafka.Outbox;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>The way that PostgreSQL goes to rows of the outbox, whose statistics are mostly those of an empty table.</summary>
public sealed class OutboxPlanTests(PostgresServer postgres)
{
    private const int BlocksOfLookup = 20;

    [Fact]
    public async Task Each_published_row_is_looked_up_although_the_table_was_empty_when_it_was_vacuumed()
    {
        await using var database = await OutboxDatabase.CreateAsync(postgres);
        var rows = new OutboxRows(database.Source, "a");
        await rows.DeleteAsync([.. (await CommitAsync(database, "things", 6_000)).Select(e => new HeldEvent(e))], TestContext.Current.CancellationToken);
        await ExecuteAsync(database, "vacuum (analyze) outbox");

        var published = (await CommitAsync(database, "others", 6_000)).Take(1_000).ToList();

        var blocks = await BlocksAsync(
            database, OutboxRows.Delete, Value<string[]>([.. published.Select(e => e.Subject)]), Value<long[]>([.. published.Select(e => e.Sequence)]));
        Assert.InRange(blocks, published.Count, published.Count * BlocksOfLookup);
    }

    [Fact]
    public async Task Of_a_backlog_no_more_is_read_than_the_page_although_the_table_was_empty_when_it_was_vacuumed()
    {
        const int Entities = 200;
        await using var database = await OutboxDatabase.CreateAsync(postgres);
        await ExecuteAsync(database, "vacuum (analyze) outbox");
        await ExecuteAsync(
            database,
            """
            insert into outbox (subject, sequence, event_id, topic, key, type, time, payload, owner)
            select 'things/' || n / 2, 1 + n % 2, gen_random_uuid(), 't', 'k', 'x', now(), '{}', 'a' from generate_series(1, 40000) as n
            """);
        string[] page = [.. Enumerable.Range(10_000, Entities).Select(id => $"things/{id}")];

        var subjects = await BlocksAsync(database, OutboxRows.Subjects, Value("a"), Value("things/10000"), Value(Entities));
        var events = await BlocksAsync(database, OutboxRows.Events, Value(page), Value(page[10]), Value(1L), Value(1024));
        var adopted = await BlocksAsync(database, OutboxRows.Adopt, Value("b"), Value<string[]>(["a", "c"]), Value(Entities));

        // An adopted row is written as well, with an entry in each index.
        Assert.All([subjects, events, adopted / 3], blocks => Assert.InRange(blocks, Entities, Entities * BlocksOfLookup));
        Assert.InRange(await CountAsync(database, "b"), Entities, 2 * Entities);
    }

    private static async Task<long> CountAsync(OutboxDatabase database, string owner)
    {
        await using var command = database.Source.CreateCommand("select count(*) from outbox where owner = $1");
        command.Parameters.Add(Value(owner));
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<IReadOnlyList<OutboxEvent>> CommitAsync(OutboxDatabase database, string table, int count) =>
        await database.CommitAsync("a", [.. Enumerable.Range(1, count).Select(id => Raised.One("topic", $"{table}/{id}", 1))]);

    /// <summary>The blocks that a statement reads; it is carried out.</summary>
    private static async Task<long> BlocksAsync(OutboxDatabase database, string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = database.Source.CreateCommand($"explain (analyze, buffers, format json) {sql}");
        command.Parameters.AddRange(parameters);
        using var explained = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        var plan = explained.RootElement[0].GetProperty("Plan");
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private static async Task ExecuteAsync(OutboxDatabase database, string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
