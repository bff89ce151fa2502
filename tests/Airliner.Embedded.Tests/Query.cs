using Npgsql;
using Xunit;

namespace Airliner.Embedded.Tests;

internal static class Query
{
    /// <summary>Asks on a connection of its own: one from a pool may lead to a server that is gone.</summary>
    public static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
