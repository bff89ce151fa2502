using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Schema;

public sealed class MigrationTests(PostgresServer server)
{
    [Fact]
    public async Task Eight_processes_that_start_at_once_run_each_step_once()
    {
        var database = await server.CreateDatabaseAsync();
        var source = EmbeddedSteps.Source("runs", ("001_runs.sql", "create table runs (step int)"), ("002_run.sql", "insert into runs values (2)"));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Migrations.ApplyAsync(database, source))));

        Assert.Equal(1, await Sql.ScalarAsync<long>(database, "select count(*) from runs"));
        Assert.Equal(2, await Sql.ScalarAsync<long>(database, "select count(*) from schema_versions"));
    }

    [Fact]
    public async Task Steps_run_in_the_order_of_their_names_whatever_the_order_they_are_embedded_in()
    {
        var database = await server.CreateDatabaseAsync();

        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("order",
            ("010_rename.sql", "alter table second rename to third"),
            ("002_rename.sql", "alter table first rename to second"),
            ("001_create.sql", "create table first ()")));

        Assert.True(await Sql.ScalarAsync<bool>(database, "select to_regclass('third') is not null"));
    }

    [Fact]
    public async Task A_later_start_applies_only_the_steps_that_are_new()
    {
        var database = await server.CreateDatabaseAsync();
        var first = ("001_runs.sql", "create table runs (step int)");
        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("runs", first));

        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("runs", first, ("002_run.sql", "insert into runs values (2)")));

        Assert.Equal(2, await Sql.ScalarAsync<int>(database, "select step from runs"));
    }

    [Fact]
    public async Task Steps_of_different_sources_may_have_the_same_name()
    {
        var database = await server.CreateDatabaseAsync();

        await Migrations.ApplyAsync(database,
            EmbeddedSteps.Source("one", ("001_table.sql", "create table one ()")),
            EmbeddedSteps.Source("two", ("001_table.sql", "create table two ()")));

        Assert.Equal("one,two", await Sql.ScalarAsync<string>(database, "select string_agg(source, ',' order by source) from schema_versions"));
    }

    [Fact]
    public async Task A_step_that_has_changed_since_it_was_applied_is_refused_by_its_name()
    {
        var database = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("changing", ("001_table.sql", "create table before ()")));

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(database, EmbeddedSteps.Source("changing",
            ("001_table.sql", "create table after ()"), ("002_more.sql", "create table more ()"))));

        Assert.Contains("'001_table.sql' of source 'changing' has changed", refusal.Message, StringComparison.Ordinal);
        Assert.True(await Sql.ScalarAsync<bool>(database, "select to_regclass('more') is null"));
    }

    [Fact]
    public async Task A_step_is_the_same_with_other_line_ends()
    {
        var database = await server.CreateDatabaseAsync();
        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("ends", ("001_table.sql", "create table ends\n()")));

        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("ends", ("001_table.sql", "create table ends\r\n()")));
    }

    [Fact]
    public async Task A_broken_step_names_itself_and_its_reason_and_leaves_nothing_behind()
    {
        var database = await server.CreateDatabaseAsync();
        var fine = ("001_fine.sql", "create table fine ()");

        var failure = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(database,
            EmbeddedSteps.Source("breaking", fine, ("002_broken.sql", "create table half (); insert into nowhere values (1)"))));

        Assert.Contains("'002_broken.sql' of source 'breaking'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("relation \"nowhere\" does not exist", failure.Message, StringComparison.Ordinal);
        Assert.True(await Sql.ScalarAsync<bool>(database, "select to_regclass('fine') is not null and to_regclass('half') is null"));

        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("breaking", fine, ("002_broken.sql", "create table half ()")));
        Assert.True(await Sql.ScalarAsync<bool>(database, "select to_regclass('half') is not null"));
    }

    [Fact]
    public async Task An_older_version_goes_on_with_a_newer_schema()
    {
        var database = await server.CreateDatabaseAsync();
        var first = ("001_table.sql", "create table old ()");
        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("age", first, ("002_table.sql", "create table new ()")));

        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("age", first));
    }

    [Fact]
    public async Task A_migration_elsewhere_that_does_not_end_is_an_error_that_says_so()
    {
        var database = await server.CreateDatabaseAsync();
        await using var other = new NpgsqlConnection(database);
        await other.OpenAsync();
        await using var take = new NpgsqlCommand("select pg_advisory_lock(hashtextextended('airliner.schema_versions', 0))", other);
        await take.ExecuteNonQueryAsync();
        var source = EmbeddedSteps.Source("waiting", ("001_table.sql", "create table waiting ()"));
        var options = new MigrationOptions { LockWait = TimeSpan.FromMilliseconds(100) };

        var failure = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(database, [source], NullLogger.Instance, options));

        Assert.Contains("Another process has been migrating", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_waits_for_a_table_lets_others_at_it_and_is_applied_when_it_is_free()
    {
        var database = await server.CreateDatabaseAsync();
        var first = ("001_runs.sql", "create table runs (step int)");
        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("runs", first));
        await using var dump = new NpgsqlConnection(database);
        await using var held = await ReadAsync(dump);

        var migration = Migrations.ApplyAsync(
            database, [EmbeddedSteps.Source("runs", first, ("002_more.sql", "alter table runs add more int"))], NullLogger.Instance,
            new MigrationOptions { TableWait = TimeSpan.FromMilliseconds(200) }, TestContext.Current.CancellationToken);
        while (await Sql.ScalarAsync<long>(database, "select count(*) from pg_locks where mode = 'AccessExclusiveLock' and not granted") == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        // Behind the step, which would wait until the transaction ends.
        Assert.Equal(0, await Sql.ScalarAsync<long>(database, "select count(*) from runs"));

        await held.CommitAsync(TestContext.Current.CancellationToken);
        await migration;
        Assert.True(await Sql.ScalarAsync<bool>(database, "select count(*) = 2 from schema_versions"));
    }

    [Fact]
    public async Task A_database_that_is_restored_in_part_is_refused()
    {
        var database = await server.CreateDatabaseAsync();
        await Sql.ExecuteAsync(database, $"create table {Migrations.UnfinishedRestore} ()");

        var error = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(database, EmbeddedSteps.Source("runs", ("001_runs.sql", "create table runs (step int)"))));

        Assert.Contains("did not come to its end", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_is_in_use_for_too_long_is_an_error_that_says_so()
    {
        var database = await server.CreateDatabaseAsync();
        var first = ("001_runs.sql", "create table runs (step int)");
        await Migrations.ApplyAsync(database, EmbeddedSteps.Source("runs", first));
        await using var dump = new NpgsqlConnection(database);
        await using var held = await ReadAsync(dump);

        var error = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(
            database, [EmbeddedSteps.Source("runs", first, ("002_more.sql", "alter table runs add more int"))], NullLogger.Instance,
            new MigrationOptions { TableWait = TimeSpan.FromMilliseconds(50), LockWait = TimeSpan.FromMilliseconds(10) }, TestContext.Current.CancellationToken));

        Assert.Contains("was in use for more than", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("001_What.sql", "not named NNN_what.sql")]
    [InlineData("1_what.sql", "not named NNN_what.sql")]
    [InlineData("001_what.txt", "has no SQL embedded")]
    public async Task A_source_that_would_not_be_applied_as_it_is_meant_is_refused(string name, string reason)
    {
        var database = await server.CreateDatabaseAsync();

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(database, EmbeddedSteps.Source("named", (name, "select 1"))));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_steps_with_one_number_are_refused()
    {
        var database = await server.CreateDatabaseAsync();

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(database,
            EmbeddedSteps.Source("numbers", ("001_a.sql", "select 1"), ("001_b.sql", "select 1"))));

        Assert.Contains("001_a.sql, 001_b.sql", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Reads the table in a transaction that stays open, as a dump does.</summary>
    private static async Task<NpgsqlTransaction> ReadAsync(NpgsqlConnection connection)
    {
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var read = new NpgsqlCommand("select count(*) from runs", connection);
        await read.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        return transaction;
    }
}
