using Airliner.Testing;
using Xunit;
using static Airliner.Embedded.Tests.Query;

namespace Airliner.Embedded.Tests;

public sealed class PostgresServerTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Each_database_is_fresh_and_survives_a_kill_of_the_server()
    {
        var one = await server.CreateDatabaseAsync();
        var other = await server.CreateDatabaseAsync();
        await ScalarAsync(one, "create table t (v int); insert into t values (1)");
        await ScalarAsync(other, "create table t (v int)");

        await server.KillAsync();
        await server.StartAsync();
        await server.RestartAsync();

        Assert.Equal(1L, await ScalarAsync(one, "select count(*) from t"));
        Assert.Equal(0L, await ScalarAsync(other, "select count(*) from t"));
    }
}
