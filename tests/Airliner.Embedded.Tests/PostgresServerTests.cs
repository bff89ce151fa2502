using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Embedded.Tests;

public sealed class PostgresServerTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Each_database_is_fresh_and_survives_a_kill_of_the_server()
    {
        var one = await server.CreateDatabaseAsync();
        var other = await server.CreateDatabaseAsync();
        await ExecuteAsync(one, "create table t (v int); insert into t values (1)");
        await ExecuteAsync(other, "create table t (v int)");

        await server.KillAsync();
        await server.StartAsync();
        await server.RestartAsync();

        Assert.Equal(1L, await ExecuteAsync(one, "select count(*) from t"));
        Assert.Equal(0L, await ExecuteAsync(other, "select count(*) from t"));
    }

    private static async Task<object?> ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
