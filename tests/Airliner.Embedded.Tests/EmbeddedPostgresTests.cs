using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;
using static Airliner.Embedded.Tests.Query;

namespace Airliner.Embedded.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    // Waiting for the disk is most of the time that a new cluster takes, and a killed process loses nothing without it.
    private static readonly Dictionary<string, string> _quick = new() { ["fsync"] = "off" };

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"airliner-embedded-{Guid.NewGuid():n}");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

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
    public async Task A_lost_password_file_is_a_clear_error()
    {
        await (await StartAsync()).DisposeAsync();
        File.Delete(Path.Combine(_folder, "superuser-password"));

        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());

        Assert.Contains("superuser-password is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_password_file_is_made_anew_while_there_is_no_cluster_and_a_clear_error_after()
    {
        var file = Path.Combine(_folder, "superuser-password");
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(file, "", Cancelled);

        await using (var server = await StartAsync())
        {
            Assert.Equal(1, await ScalarAsync(server.ConnectionString("postgres"), "select 1"));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.False(File.Exists($"{file}.new"));
        await File.WriteAllTextAsync(file, "\n", Cancelled);
        var error = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => StartAsync());
        Assert.Contains("superuser-password is missing or empty", error.Message, StringComparison.Ordinal);
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
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = _folder, Port = port, Settings = _quick }, cancellationToken: Cancelled);
}
