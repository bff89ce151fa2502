using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>Opens a connection to a database that may still be starting.</summary>
internal static partial class DatabaseStart
{
    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(2);

    /// <summary>Connects, again and again for <see cref="MigrationOptions.DatabaseWait"/> while nothing answers.</summary>
    /// <exception cref="MigrationException">Nothing answered in time, or the server refuses for a reason that waiting does not mend.</exception>
    public static async Task<NpgsqlConnection> ConnectAsync(
        string connectionString, MigrationOptions options, ILogger logger, CancellationToken cancellationToken)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var started = TimeProvider.System.GetTimestamp();
        for (var pause = _firstPause; ; pause = pause * 2 < _longestPause ? pause * 2 : _longestPause)
        {
            var connection = new NpgsqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(cancellationToken);
                return connection;
            }
            catch (NpgsqlException e)
            {
                await connection.DisposeAsync();
                var waited = TimeProvider.System.GetElapsedTime(started);
                if (!MayPass(e) || waited >= options.DatabaseWait)
                {
                    throw new MigrationException(
                        $"No connection to database '{server.Database}' on {server.Host}:{server.Port} after {waited.TotalSeconds:0.#} s: {e.Message}", e);
                }

                LogWaiting(logger, server.Database, server.Host, server.Port, e.Message);
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    // An error of the server itself says what is wrong; all else (no name yet, refused, cut off) is a server that is not there yet.
    private static bool MayPass(NpgsqlException e) => e is not PostgresException
    {
        SqlState: not (PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.TooManyConnections)
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for database {Database} on {Host}:{Port}: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string? database, string? host, int port, string reason);
}
