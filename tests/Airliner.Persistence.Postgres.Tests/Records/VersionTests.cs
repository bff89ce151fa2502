using Airliner.Testing;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class VersionTests(PostgresServer server)
{
    [Theory]
    [InlineData("silo-1")]
    [InlineData("silo-2")]
    public async Task Exactly_one_of_racing_first_writes_wins(string otherOwner)
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var one = database.StartSilo();
        var other = otherOwner == one.Relay.Owner ? one : database.StartSilo(otherOwner);

        for (var id = 1; id <= 50; id++)
        {
            var first = one.Of(id).WriteAsync(new Sample { Name = $"a{id}" }.Next());
            var second = other.Of(id).WriteAsync(new Sample { Name = $"b{id}" }.Next());
            var failures = new[] { await first.FailureAsync(), await second.FailureAsync() };
            Assert.IsType<InconsistentStateException>(Assert.Single(failures, failure => failure is not null));
            Assert.Equal(failures[0] is null ? $"a{id}" : $"b{id}", (await one.Of(id).ReadAsync()).Record.Name);
            Assert.Equal([1], await database.EventsAsync($"samples/{id}"));
        }
    }

    [Fact]
    public async Task A_stale_version_is_refused_and_changes_nothing()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var (one, other) = (database.StartSilo(), database.StartSilo("silo-2"));
        var current = one.Of(1);
        await current.WriteAsync(new Sample { Name = "first" }.Next());
        var stale = await other.Of(1).ReadAsync();
        await current.WriteAsync(current.Record.Next());

        await Assert.ThrowsAsync<InconsistentStateException>(() => stale.WriteAsync(stale.Record.Next() with { Name = "stale" }));

        var read = await one.Of(1).ReadAsync();
        Assert.Equal(("first", "2"), (read.Record.Name, read.Version));
        Assert.Equal([1, 2], await database.EventsAsync("samples/1"));
        Assert.Equal([1], other.Relay.SequencesOf("samples/1"));
    }

    [Fact]
    public async Task A_write_does_not_bring_back_a_deleted_row()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "swept" });
        await database.ExecuteAsync("delete from samples");

        await Assert.ThrowsAsync<InconsistentStateException>(() => entity.WriteAsync(entity.Record.Next()));

        Assert.Equal(0, await database.CountAsync("samples"));
        Assert.Empty(silo.Relay.Taken);
        Assert.Equal(new Sample(), (await entity.ReadAsync()).Record);
    }

    [Fact]
    public async Task A_write_that_meets_a_deletion_under_way_does_not_bring_the_row_back()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var entity = database.StartSilo().Of(1);
        await entity.WriteAsync(new Sample { Name = "swept" });
        await using var connection = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var delete = new Npgsql.NpgsqlCommand("delete from samples", connection, transaction);
        await delete.ExecuteNonQueryAsync();

        var write = entity.WriteAsync(entity.Record.Next());
        await database.UntilAStatementWaitsAsync();
        await transaction.CommitAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(() => write);
        Assert.Equal(0, await database.CountAsync("samples"));
    }

    [Fact]
    public async Task Clearing_deletes_the_row_at_its_version_alone()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "cleared" });
        var stale = await silo.Of(1).ReadAsync();
        await entity.WriteAsync(entity.Record.Next());

        await Assert.ThrowsAsync<InconsistentStateException>(stale.ClearAsync);
        Assert.Equal(1, await database.CountAsync("samples"));

        await entity.ClearAsync();
        Assert.Equal(0, await database.CountAsync("samples"));
        Assert.False(entity.Exists);
        await entity.WriteAsync(new Sample { Name = "again" });
    }

    [Fact]
    public async Task A_record_written_by_one_silo_is_read_by_another()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var (one, other) = (database.StartSilo(), database.StartSilo("silo-2"));
        await one.Of(1).WriteAsync(new Sample { Name = "shared" }.Next());

        var read = await other.Of(1).ReadAsync();
        await read.WriteAsync(read.Record.Next());

        Assert.Equal(2, (await one.Of(1).ReadAsync()).Record.Count);
        Assert.Equal([1, 2], await database.EventsAsync("samples/1"));
    }
}
