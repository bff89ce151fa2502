using Npgsql;

namespace Airliner.Host.Embedded;

/// <summary>Databases on a server that somebody else runs.</summary>
internal static class PostgresDatabases
{
    /// <summary>Makes the database where it is missing, and answers how to connect to it.</summary>
    /// <exception cref="StartException">The server does not answer, or the role may not create databases.</exception>
    public static async Task<string> CreateAsync(string server, string database, CancellationToken cancellationToken)
    {
        try
        {
            var connectionString = new NpgsqlConnectionStringBuilder(server);
            await using var connection = new NpgsqlConnection(server);
            await connection.OpenAsync(cancellationToken);
            await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection)
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = database } },
            };
            if (await exists.ExecuteScalarAsync(cancellationToken) is null)
            {
                await using var create = new NpgsqlCommand($"create database \"{database}\"", connection);
                await create.ExecuteNonQueryAsync(cancellationToken);
            }

            connectionString.Database = database;
            return connectionString.ConnectionString;
        }
        catch (Exception error) when (error is NpgsqlException or ArgumentException)
        {
            throw new StartException($"--postgres: {error.Message}", error);
        }
    }
}
