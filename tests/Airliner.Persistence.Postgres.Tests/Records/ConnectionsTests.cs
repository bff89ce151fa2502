using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class ConnectionsTests(PostgresServer server)
{
    [Theory]
    [InlineData("", RecordsModule.MostConnections)]
    [InlineData(";Maximum Pool Size=3", 3)]
    public async Task More_readers_than_connections_wait_and_are_all_answered(string setting, int most)
    {
        var database = await server.CreateDatabaseAsync();
        await using var source = RecordsModule.DataSource(database + setting);

        var seen = await Task.WhenAll(Enumerable.Range(0, 10 * most).Select(async _ =>
        {
            await using var command = source.CreateCommand(
                "select count(*) from pg_stat_activity, pg_sleep(0.02) where datname = current_database() and backend_type = 'client backend'");
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        }));

        Assert.Equal(most, seen.Max());
    }
}
