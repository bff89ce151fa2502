using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Airliner.Embedded.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"airliner-embedded-{Guid.NewGuid():n}");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_on_loopback_with_a_password_and_never_runs_as_root()
    {
        await using var server = await StartAsync();

        Assert.Equal("airliner", await ScalarAsync(server.ConnectionString("postgres"), "select current_user::text"));
        Assert.Equal("127.0.0.1", await ScalarAsync(server.ConnectionString("postgres"), "show listen_addresses"));
        Assert.Equal("on", await ScalarAsync(server.ConnectionString("postgres"), "show fsync"));
        var withoutIt = new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Password = "guess" };
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(withoutIt.ConnectionString, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        var owner = (await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status", Cancelled)).Single(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        Assert.NotEqual("0", owner.Split('\t')[1]);
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_password_file()
    {
        await using var server = await StartAsync();

        var mode = File.GetUnixFileMode(Path.Combine(_folder, "superuser-password"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
    }

    [Fact]
    public async Task Data_port_and_password_survive_a_stop_and_a_new_start()
    {
        var first = await StartAsync();
        var database = await first.CreateDatabaseAsync("kept", Cancelled);
        await ScalarAsync(database, "create table t (v int); insert into t values (42)");
        await first.DisposeAsync();

        await using var second = await StartAsync();

        Assert.False(second.WasAdopted);
        Assert.Equal(first.Port, second.Port);
        Assert.Equal(database, second.ConnectionString("kept"));
        Assert.Equal(42, await ScalarAsync(database, "select v from t"));
    }

    [Fact]
    public async Task A_server_that_was_left_running_is_adopted()
    {
        var first = await StartAsync();
        var process = first.ProcessId;
        await first.LeaveRunningAsync();

        await using var second = await StartAsync();

        Assert.True(second.WasAdopted);
        Assert.Equal(process, second.ProcessId);
        Assert.Equal(first.Port, second.Port);
        Assert.Equal(1, await ScalarAsync(second.ConnectionString("postgres"), "select 1"));
    }

    [Fact]
    public async Task A_server_that_was_left_on_another_port_is_moved_to_the_one_asked_for()
    {
        var first = await StartAsync();
        await first.LeaveRunningAsync();
        var wanted = LoopbackPort.Free();

        await using var second = await StartAsync(wanted);

        Assert.Equal(wanted, second.Port);
        Assert.Equal(1, await ScalarAsync(second.ConnectionString("postgres"), "select 1"));
    }

    [Fact]
    public async Task What_was_committed_before_a_kill_is_there_after_it()
    {
        await using var server = await StartAsync();
        var database = await server.CreateDatabaseAsync("killed", Cancelled);
        await ScalarAsync(database, "create table t (v int); insert into t values (7)");

        await server.KillAsync(Cancelled);
        Assert.Null(server.ProcessId);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ScalarAsync(database, "select v from t"));
        await server.StartAsync(Cancelled);

        Assert.Equal(7, await ScalarAsync(database, "select v from t"));
    }

    [Fact]
    public async Task A_stale_pid_file_whose_process_id_went_to_another_program_is_no_obstacle()
    {
        var server = await StartAsync();
        await server.KillAsync(Cancelled);
        var file = Path.Combine(_folder, "server", "data", "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(file, Cancelled);
        lines[0] = $"{Environment.ProcessId}";
        await File.WriteAllLinesAsync(file, lines, Cancelled);
        await server.LeaveRunningAsync();

        await using var next = await StartAsync();

        Assert.False(next.WasAdopted);
        Assert.Equal(1, await ScalarAsync(next.ConnectionString("postgres"), "select 1"));
    }

    [Fact]
    public async Task A_port_that_another_program_has_is_a_clear_error()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync(port));

        Assert.Contains($"Port {port} on 127.0.0.1 is taken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_port_that_another_program_has_meanwhile_is_replaced()
    {
        var first = await StartAsync();
        await first.DisposeAsync();
        using var other = new TcpListener(IPAddress.Loopback, first.Port);
        other.Start();

        await using var second = await StartAsync();

        Assert.NotEqual(first.Port, second.Port);
    }

    [Fact]
    public async Task A_data_folder_serves_one_process_at_a_time()
    {
        await using var server = await StartAsync();

        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());

        Assert.Contains("in use by another running process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_has_exactly_the_name_it_was_given_and_is_made_once()
    {
        await using var server = await StartAsync();

        var mixed = await server.CreateDatabaseAsync("Mixed \"Case\"", Cancelled);
        await server.CreateDatabaseAsync("Mixed \"Case\"", Cancelled);

        Assert.Equal("Mixed \"Case\"", await ScalarAsync(mixed, "select current_database()::text"));
    }

    [Fact]
    public async Task A_lost_password_file_is_a_clear_error()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(_folder, "superuser-password"));

        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());

        Assert.Contains("superuser-password is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_the_server_refuses_is_told_with_its_words()
    {
        var options = new EmbeddedPostgresOptions { DataFolder = _folder, Settings = new Dictionary<string, string> { ["max_connections"] = "many" } };

        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(options, cancellationToken: Cancelled));

        Assert.Contains("max_connections", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => new ServerFolder(_folder).Delete();

    private Task<EmbeddedPostgres> StartAsync(int port = 0) =>
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = _folder, Port = port }, cancellationToken: Cancelled);

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Cancelled);
    }
}
