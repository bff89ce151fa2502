using System.Diagnostics;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;
using Npgsql;

namespace Airliner.EndToEnd.Tests.Backup;

/// <summary>
/// <c>--compose</c>, with a stand-in for <c>docker</c> that runs what it is told to run in a container on this machine: PostgreSQL's programs on a server, and the
/// shell's in a folder that is the volume.
/// </summary>
public sealed class ComposeTests(EmbeddedHost host) : BackupTest(host)
{
    private const string Docker = """
        #!/bin/sh
        # docker compose exec -T SERVICE PROGRAM ...; run --rm --no-deps -T --entrypoint=PROGRAM SERVICE ...; ps ...
        shift
        case "$1" in
          ps) cat "$STANDIN/running"; exit ;;
          exec) program=$4; shift 4; set -- "$@" --host=127.0.0.1 --port="$STANDIN_PORT"; export PGPASSWORD="$STANDIN_PASSWORD"; exec "$STANDIN_BIN/$program" "$@" ;;
          run) program=${5#--entrypoint=}; shift 6 ;;
        esac
        for argument; do shift; set -- "$@" "$(printf %s "$argument" | sed "s|/var/lib/airliner/files|$STANDIN/files|g")"; done
        exec "$program" "$@"
        """;

    private const UnixFileMode ReadByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    [Fact]
    public async Task What_compose_runs_is_backed_up_and_restored_by_the_programs_of_its_containers()
    {
        await Host.UpAsync();
        await Client.RegisterAndLogInAsync();
        var fileId = await Client.UploadAsync(new StringContent("flight,delay\nAA1,5\n"));
        var source = EmbeddedPostgres.ConnectionStringOfRunning(Path.Combine(Host.Data, "postgres"), "TASK_PROCESSING")!;
        await using var target = await EmbeddedPostgres.StartAsync(new() { DataFolder = Path.Combine(Path.GetTempPath(), $"airliner-target-{Guid.NewGuid():n}") });
        Reaper.Watch(target.ProcessId!.Value);
        foreach (var database in new[] { "REGISTRATIONS", "AUTH_TOKENS", "TASK_PROCESSING", "NOTIFICATIONS" })
            await target.CreateDatabaseAsync(database);
        var from = StandIn("from", source, files: Path.Combine(Host.Data, "files"), key: Path.Combine(Host.Data, "server-key"));
        var into = StandIn("into", target.ConnectionString("TASK_PROCESSING"), files: null, key: null);

        await SucceedAsync(["backup", Backup, "--compose"], from);
        await File.WriteAllTextAsync(Path.Combine(Folder, "into", "running"), "registration-db\nauth-silo\n", TestContext.Current.CancellationToken);
        var running = await RunAsync(["restore", Backup, "--compose"], into);
        await File.WriteAllTextAsync(Path.Combine(Folder, "into", "running"), "registration-db\n", TestContext.Current.CancellationToken);
        var key = Path.Combine(Folder, "into", "secrets", "server-key");
        await File.WriteAllTextAsync(key, "of another system, and as long as it has to be", TestContext.Current.CancellationToken);
        var wrong = await RunAsync(["restore", Backup, "--compose"], into);
        File.Delete(key);
        // Nothing is left of the one that was refused.
        await SucceedAsync(["restore", Backup, "--compose"], into);
        var verified = await SucceedAsync(
            ["audit", "verify", "--postgres", target.ConnectionString("postgres")],
            new() { ["AIRLINER_SERVER_KEY_FILE"] = key });
        // The containers read it under users of their own.
        Assert.Equal(ReadByAll, File.GetUnixFileMode(key));
        var twice = await RunAsync(["restore", Backup, "--compose"], into);

        Assert.Equal(1, running.Code);
        Assert.Contains("docker compose stop auth-silo", running.Output, StringComparison.Ordinal);
        Assert.Equal(1, wrong.Code);
        Assert.Contains($"{key} is another secret than the backup's", wrong.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^users: \d+ rows in \d+ chains: whole$", verified);
        Assert.Equal(await FilesAsync(source), await FilesAsync(target.ConnectionString("TASK_PROCESSING")));
        Assert.Contains(fileId, await FilesAsync(source));
        Assert.Contains(
            Directory.EnumerateFiles(Path.Combine(Folder, "into", "files"), "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file) == "flight,delay\nAA1,5\n");
        Assert.Equal(1, twice.Code);
        Assert.Contains("not empty", twice.Output, StringComparison.Ordinal);
        Reaper.Forget(target.ProcessId!.Value);
        await target.DisposeAsync();
        target.DeleteData();
    }

    [Fact]
    public async Task Secrets_that_were_put_there_are_kept_and_can_be_read_by_the_containers()
    {
        var key = Path.Combine(Folder, "server-key");
        await File.WriteAllTextAsync(key, "of a backup", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        using var script = Process.Start(new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "airliner"), "secrets", Folder]) { RedirectStandardOutput = true })!;
        var said = await script.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await script.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains($"kept  {key}", said, StringComparison.Ordinal);
        Assert.Equal("of a backup", await File.ReadAllTextAsync(key, TestContext.Current.CancellationToken));
        Assert.All(Directory.EnumerateFiles(Folder), file => Assert.Equal(ReadByAll, File.GetUnixFileMode(file)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
    }

    /// <summary>A project folder with secrets, and the settings of a process for which <c>docker</c> is the stand-in.</summary>
    private Dictionary<string, string> StandIn(string name, string connectionString, string? files, string? key)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Folder, name)).FullName;
        var docker = Path.Combine(folder, "bin", "docker");
        Directory.CreateDirectory(Path.GetDirectoryName(docker)!);
        File.WriteAllText(docker, Docker);
        File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(folder, "secrets"));
        if (key is not null)
            File.Copy(key, Path.Combine(folder, "secrets", "server-key"));
        if (files is null)
            Directory.CreateDirectory(Path.Combine(folder, "files"));
        else
            Directory.CreateSymbolicLink(Path.Combine(folder, "files"), files);
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        return new()
        {
            ["COMPOSE_FILE"] = Path.Combine(folder, "docker-compose.yml"),
            ["PATH"] = $"{Path.GetDirectoryName(docker)}:{Environment.GetEnvironmentVariable("PATH")}",
            ["STANDIN"] = folder,
            ["STANDIN_BIN"] = Path.GetDirectoryName(PostgresClient.Find().Command("psql", connectionString)[0])!,
            ["STANDIN_PORT"] = $"{database.Port}",
            ["STANDIN_PASSWORD"] = database.Password!,
        };
    }

    private static async Task<List<long>> FilesAsync(string connectionString)
    {
        await using var database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
        await using var command = database.CreateCommand("select id from files order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<long>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetInt64(0));
        return ids;
    }
}
