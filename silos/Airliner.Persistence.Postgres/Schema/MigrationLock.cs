using Npgsql;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>
/// A connection that alone may migrate its database: it holds a session's advisory lock, which Postgres gives back when
/// the connection ends, however its process does.
/// </summary>
internal sealed class MigrationLock : IAsyncDisposable
{
    private MigrationLock(NpgsqlConnection connection) => Connection = connection;

    /// <summary>The connection that holds the lock.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Takes over an open connection and waits for the lock.</summary>
    /// <exception cref="MigrationException">Another process kept the lock longer than <paramref name="wait"/>.</exception>
    public static async Task<MigrationLock> TakeAsync(NpgsqlConnection connection, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(
                $"""
                set lock_timeout = {(long)Math.Max(1, wait.TotalMilliseconds)};
                select pg_advisory_lock(hashtextextended('airliner.schema_versions', 0));
                set lock_timeout = 0
                """,
                connection)
            {
                // The server bounds the wait; the client's own default of 30 seconds would cut it short.
                CommandTimeout = 0,
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
            return new MigrationLock(connection);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            await connection.DisposeAsync();
            throw new MigrationException(
                $"Another process has been migrating database '{connection.Database}' for longer than {wait.TotalSeconds:0.#} s.", e);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
