using Airliner.Embedded;
using Npgsql;

namespace Airliner.Host.Embedded;

/// <summary>The four databases of the system in one process: on a private server, or on the one that was named.</summary>
internal sealed class EmbeddedDatabases : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _server;

    private EmbeddedDatabases(EmbeddedPostgres? server) => _server = server;

    /// <summary>The databases' documented names by their names in the settings. Those that raise events come before those that have their effects.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new OrderedDictionary<string, string>
    {
        ["Users"] = "REGISTRATIONS",
        ["Auth"] = "AUTH_TOKENS",
        ["Tasks"] = "TASK_PROCESSING",
        ["Notifications"] = "NOTIFICATIONS",
    };

    /// <summary>How to connect to each, by its name in the settings.</summary>
    public IReadOnlyDictionary<string, string> ConnectionStrings { get; private set; } = new Dictionary<string, string>();

    /// <summary>Starts the server, where it is a private one, and makes the databases that are missing.</summary>
    /// <exception cref="EmbeddedPostgresException">The private server cannot run.</exception>
    /// <exception cref="StartException">The named server does not answer, or its role may not create databases.</exception>
    public static async Task<EmbeddedDatabases> StartAsync(EmbeddedSettings settings, CancellationToken cancellationToken)
    {
        var server = settings.Postgres is null
            ? await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = settings.PostgresFolder }, cancellationToken: cancellationToken)
            : null;
        var databases = new EmbeddedDatabases(server);
        try
        {
            var connectionStrings = new Dictionary<string, string>();
            foreach (var (name, database) in Names)
            {
                connectionStrings[name] = server is null
                    ? await PostgresDatabases.CreateAsync(settings.Postgres!, database, cancellationToken)
                    : await server.CreateDatabaseAsync(database, cancellationToken);
            }

            databases.ConnectionStrings = connectionStrings;
            return databases;
        }
        catch
        {
            await databases.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to connect to a database of a system that runs.</summary>
    /// <param name="name">The database's name in the settings.</param>
    /// <exception cref="StartException">None runs there.</exception>
    public static string ConnectionStringOfRunning(EmbeddedSettings settings, string name) => settings.Postgres is { } server
        ? new NpgsqlConnectionStringBuilder(server) { Database = Names[name] }.ConnectionString
        : EmbeddedPostgres.ConnectionStringOfRunning(settings.PostgresFolder, Names[name])
            ?? throw new StartException(
                $"No PostgreSQL runs on {settings.DataFolder}. Start the system ('./airliner up'), or name its folder (--data) or server (--postgres).");

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
