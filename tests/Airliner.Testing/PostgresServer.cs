using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Airliner.Embedded;
using Npgsql;
using Xunit;

namespace Airliner.Testing;

/// <summary>
/// A private PostgreSQL for a test assembly (<c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c>) or class. Its data
/// are in a temporary folder that goes with it; each test asks for a database of its own.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    // In the temporary folder itself: PostgreSQL may run as another user, who has to get there.
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"airliner-postgres-{Guid.NewGuid():n}");

    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _templates = [];

    private EmbeddedPostgres? _server;

    /// <summary>The TCP port on 127.0.0.1. It stays the same over restarts.</summary>
    public int Port => Server.Port;

    [SuppressMessage("Design", "CA1065", Justification = "Asking before the fixture is initialised is a mistake in the test.")]
    private EmbeddedPostgres Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async ValueTask InitializeAsync()
    {
        var settings = new Dictionary<string, string>
        {
            // Each database has a connection pool of its own, in every silo of a test.
            ["max_connections"] = "500",
            // No test takes the power from the machine: what is written is kept by the kernel whatever becomes of the server, and need not wait for the disk.
            ["fsync"] = "off",
        };
        _server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = _folder, Settings = settings });
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public Task<string> CreateDatabaseAsync() => CopyAsync("template1");

    /// <summary>Creates a database with a schema and returns its connection string. Only the first is made; the others are copies.</summary>
    /// <param name="schema">The schema's name among those of this server.</param>
    /// <param name="makeAsync">Makes it in the empty database of the connection string, which keeps no connection open.</param>
    public async Task<string> CreateDatabaseAsync(string schema, Func<string, Task> makeAsync) =>
        await CopyAsync(await _templates.GetOrAdd(schema, _ => new(() => MakeTemplateAsync(makeAsync))).Value);

    /// <summary>Stops and starts the server; its connections end with an error, its data stay.</summary>
    public Task RestartAsync() => Server.RestartAsync();

    /// <summary>Ends the server as a power cut would.</summary>
    public Task KillAsync() => Server.KillAsync();

    /// <summary>Stops the server; its data stay.</summary>
    public Task StopAsync() => Server.StopAsync();

    /// <summary>Starts it again after <see cref="KillAsync"/> or <see cref="StopAsync"/>, on the same port.</summary>
    public Task StartAsync() => Server.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        // Nobody wants its data any more, which it would save first if it were stopped.
        await _server.KillAsync();
        await _server.DisposeAsync();
        _server.DeleteData();
    }

    private async Task<string> MakeTemplateAsync(Func<string, Task> makeAsync)
    {
        var empty = new NpgsqlConnectionStringBuilder(await CreateDatabaseAsync()) { Pooling = false };
        await makeAsync(empty.ConnectionString);
        return empty.Database!;
    }

    private async Task<string> CopyAsync(string template)
    {
        var name = $"test_{Guid.NewGuid():n}";
        var maintenance = new NpgsqlConnectionStringBuilder(Server.ConnectionString("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync();
        // Copying the files takes two thirds of what logging each page does. Before version 15 there was no other way.
        var strategy = connection.PostgreSqlVersion.Major >= 15 ? "strategy file_copy" : "";
        await using var create = new NpgsqlCommand($"create database {name} template {template} {strategy}", connection);
        await create.ExecuteNonQueryAsync();
        return Server.ConnectionString(name);
    }
}
