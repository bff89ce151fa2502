using System.Diagnostics.CodeAnalysis;
using Airliner.Embedded;
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

    private EmbeddedPostgres? _server;

    /// <summary>Whether a commit reaches the disk before it is acknowledged. Off only where a test measures something else.</summary>
    public bool Fsync { get; init; } = true;

    /// <summary>The TCP port on 127.0.0.1. It stays the same over restarts.</summary>
    public int Port => Server.Port;

    [SuppressMessage("Design", "CA1065", Justification = "Asking before the fixture is initialised is a mistake in the test.")]
    private EmbeddedPostgres Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async ValueTask InitializeAsync()
    {
        // Each database has a connection pool of its own, in every silo of a test.
        var settings = new Dictionary<string, string> { ["max_connections"] = "500", ["fsync"] = Fsync ? "on" : "off" };
        _server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = _folder, Settings = settings });
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public Task<string> CreateDatabaseAsync() => Server.CreateDatabaseAsync($"test_{Guid.NewGuid():n}");

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
        await _server.DisposeAsync();
        _server.DeleteData();
    }
}
