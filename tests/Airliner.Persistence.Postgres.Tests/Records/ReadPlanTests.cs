using System.Text.Json;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>The way that PostgreSQL goes to an entity's row and its events in the outbox, by a plan that was made while both tables were empty.</summary>
public sealed class ReadPlanTests(PostgresServer server)
{
    private const int BlocksOfLookup = 20;

    [Fact]
    public async Task An_entitys_events_are_looked_up_although_their_statement_was_prepared_while_there_were_none()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await database.ExecuteAsync(Insert("samples", 6_000));
        await database.ExecuteAsync("delete from outbox");
        await database.ExecuteAsync("vacuum (analyze) outbox");
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var read = new RecordStatements<long, Sample>(Sample.Table).LeftEvents([1], "silo-1", [], []).CommandText;
        await QueryAsync(connection, $"prepare read (text[], text, uuid[], text[]) as {read}");
        // Whatever is prepared gets a plan for all parameters after five with one of their own.
        for (var i = 0; i < 6; i++)
            await QueryAsync(connection, "execute read ('{samples/1}', 'silo-1', '{}', '{}')");

        await database.ExecuteAsync(Insert("others", 6_000));
        using var explained = JsonDocument.Parse((string)(await QueryAsync(
            connection, "explain (analyze, buffers, format json) execute read ('{others/1,others/77}', 'silo-1', '{}', '{}')"))!);

        Assert.InRange(explained.RootElement[0].GetProperty("Plan").GetProperty("Shared Hit Blocks").GetInt64(), 2, 2 * BlocksOfLookup);
    }

    [Fact]
    public async Task Rows_are_read_by_one_plan_for_all_lists_of_keys_that_never_scans_the_table()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        // Five are planned for their own parameters where nothing else is asked for.
        for (var i = 0; i < 6; i++)
            await ReadAsync(connection);
        await database.ExecuteAsync("insert into samples (id, version, event_sequence, name, count, open) select id, 1, 0, 'n' || id, 0, false from generate_series(1, 20) as id");

        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ReadAsync(connection);

        Assert.Equal(0L, await QueryAsync(connection, "select seq_scan from pg_stat_xact_user_tables where relname = 'samples'"));
        Assert.Equal("7 of 7, 7 of 7", await QueryAsync(
            connection,
            "select string_agg(format('%s of %s', generic_plans, generic_plans + custom_plans), ', ') from pg_prepared_statements where statement like '%any($1)%'"));
    }

    private static async Task ReadAsync(NpgsqlConnection connection)
    {
        var statements = new RecordStatements<long, Sample>(Sample.Table);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { RecordStatements<long, Sample>.PlannedOnce(), statements.Read([1, 2]), statements.LeftEvents([1, 2], "silo-1", [], []) },
        };
        await batch.PrepareAsync(TestContext.Current.CancellationToken);
        await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static string Insert(string table, int count) => $$"""
        insert into outbox (subject, sequence, event_id, topic, key, type, time, payload, owner)
        select '{{table}}/' || id, 1, gen_random_uuid(), 'topic', 'key', 'type', now(), convert_to(repeat('x', 150), 'UTF8'), 'silo-1' from generate_series(1, {{count}}) as id
        """;

    private static async Task<object?> QueryAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
