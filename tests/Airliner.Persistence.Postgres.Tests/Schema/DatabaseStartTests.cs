using System.Net;
using System.Net.Sockets;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Schema;

public sealed class DatabaseStartTests(PostgresServer server)
{
    private static readonly MigrationSource _source = EmbeddedSteps.Source("start", ("001_table.sql", "create table started ()"));

    [Fact]
    public async Task A_database_that_is_still_starting_is_waited_for()
    {
        var database = await server.CreateDatabaseAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var late = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port };
        using var logger = new FirstMessage();

        // Up, but cutting off whoever comes, as a server does that is not ready.
        var first = listener.AcceptTcpClientAsync();
        var migration = Migrations.ApplyAsync(late.ConnectionString, [_source], logger);
        (await first).Dispose();
        Assert.Contains("Waiting for database", await logger.Text, StringComparison.Ordinal);
        using var stop = new CancellationTokenSource();
        var relay = RelayAsync(listener, new NpgsqlConnectionStringBuilder(database), stop.Token);
        await migration;

        Assert.True(await Sql.ScalarAsync<bool>(database, "select to_regclass('started') is not null"));
        await stop.CancelAsync();
        await relay;
    }

    [Fact]
    public async Task A_database_that_never_answers_is_an_error_that_names_it()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var options = new MigrationOptions { DatabaseWait = TimeSpan.Zero };

        var failure = await Assert.ThrowsAsync<MigrationException>(() =>
            Migrations.ApplyAsync($"Host=127.0.0.1;Port={port};Database=away;Username=nobody", [_source], NullLogger.Instance, options));

        Assert.Contains($"'away' on 127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_not_waited_for()
    {
        var missing = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { Database = "missing" };
        using var logger = new FirstMessage();

        var failure = await Assert.ThrowsAsync<MigrationException>(() => Migrations.ApplyAsync(missing.ConnectionString, [_source], logger));

        Assert.Contains("database \"missing\" does not exist", failure.Message, StringComparison.Ordinal);
        Assert.False(logger.Text.IsCompleted);
    }

    private static async Task RelayAsync(TcpListener listener, NpgsqlConnectionStringBuilder database, CancellationToken stop)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(RelayAsync(await listener.AcceptTcpClientAsync(stop), database));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private static async Task RelayAsync(TcpClient client, NpgsqlConnectionStringBuilder database)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(database.Host!, database.Port);
        await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
    }

    private sealed class FirstMessage : ILogger, IDisposable
    {
        private readonly TaskCompletionSource<string> _text = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Text => _text.Task;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _text.TrySetResult(formatter(state, exception));

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable BeginScope<TState>(TState state) where TState : notnull => this;

        public void Dispose()
        {
        }
    }
}
