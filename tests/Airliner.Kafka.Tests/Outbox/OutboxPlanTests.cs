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

        Assert.InRange(await BlocksAsync(database, published), published.Count, published.Count * BlocksOfLookup);
    }

    private static async Task<IReadOnlyList<OutboxEvent>> CommitAsync(OutboxDatabase database, string table, int count) =>
        await database.CommitAsync("a", [.. Enumerable.Range(1, count).Select(id => Raised.One("topic", $"{table}/{id}", 1))]);

    /// <summary>The blocks that the deletion of these reads.</summary>
    private static async Task<long> BlocksAsync(OutboxDatabase database, IReadOnlyList<OutboxEvent> published)
    {
        await using var command = database.Source.CreateCommand($"explain (analyze, buffers, format json) {OutboxRows.Delete}");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. published.Select(e => e.Subject)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. published.Select(e => e.Sequence)] });
        using var explained = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!);
        var plan = explained.RootElement[0].GetProperty("Plan");
        return plan.GetProperty("Shared Hit Blocks").GetInt64() + plan.GetProperty("Shared Read Blocks").GetInt64();
    }

    private static async Task ExecuteAsync(OutboxDatabase database, string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
