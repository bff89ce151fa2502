using System.Globalization;

namespace Airliner.Embedded;

/// <summary>One cluster and PostgreSQL's own programs that make, start and stop it, run as the user it belongs to.</summary>
internal sealed class PostgresCluster(ServerFolder folder, PostgresBinaries binaries, ServerAccount account)
{
    private const string OwnSettings = "airliner.conf";

    /// <summary>How long a start may take, the replay of the log after a crash included.</summary>
    public static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    // Password and settings come by standard input and files: a command line is readable by every user.
    private const string InitDbScript = """
        umask 077
        password="$1/password.new"; shift
        trap 'rm -f "$password"' EXIT
        cat > "$password"
        "$@" --pwfile="$password"
        """;

    private static readonly Dictionary<string, string> _defaults = new()
    {
        ["listen_addresses"] = "127.0.0.1",
        ["unix_socket_directories"] = "",
        ["max_connections"] = "200",
        ["shared_buffers"] = "128MB",
        ["timezone"] = "UTC",
        ["log_timezone"] = "UTC",
        // Clients are told of their errors; a log that repeats each unique violation would grow without bound.
        ["log_min_messages"] = "log",
        ["log_checkpoints"] = "off",
    };

    /// <summary>Makes the cluster: scram-sha-256 for everybody, text sorted by code point and cased by Unicode.</summary>
    public async Task CreateAsync(string password, EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        // Made under another name, so that a folder under the final name is a whole cluster.
        var unfinished = Path.Combine(folder.Server, "data.new");
        // A server that is told not to wait for the disk need not wait for it here either.
        string[] speed = options.Settings.TryGetValue("fsync", out var fsync) && fsync is "off" ? ["--no-sync"] : [];
        CommandResult result = new(0, "", "");
        foreach (var locale in Locales())
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
            IReadOnlyList<string> command =
            [
                "/bin/sh", "-c", InitDbScript, "sh", folder.Server,
                binaries.InitDb, "--pgdata", unfinished, "--username", Superuser.Name, "--auth", "scram-sha-256",
                "--encoding", "UTF8", "--lc-messages=C", .. speed, .. locale,
            ];
            result = await CommandLine.RunAsync(account.Prefix(command), cancellationToken, input: password + "\n");
            if (result.Succeeded)
                break;
        }

        if (!result.Succeeded)
            throw new EmbeddedPostgresException($"PostgreSQL could not make its cluster in {folder.Server}: {result.Text}");
        await File.AppendAllTextAsync(Path.Combine(unfinished, "postgresql.conf"), $"\ninclude '{OwnSettings}'\n", cancellationToken);
        Directory.Move(unfinished, folder.Data);
    }

    /// <summary>
    /// Starts the server and returns when it takes connections. It cannot be called off: a server that is killed while it starts leaves its processes behind.
    /// </summary>
    /// <returns>Null when it runs, else the log of the failed start.</returns>
    public async Task<string?> StartAsync(int port, IReadOnlyDictionary<string, string> settings)
    {
        await WriteSettingsAsync(port, settings);
        File.Delete(folder.Log);
        var timeout = ((int)StartTimeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var result = await account.RunAsync(
            CancellationToken.None, binaries.PgCtl, "start", "--silent", "--wait", "--timeout", timeout, "--pgdata", folder.Data, "--log", folder.Log);
        if (result.Succeeded)
            return null;
        var log = File.Exists(folder.Log) ? await File.ReadAllTextAsync(folder.Log) : "";
        return $"{result.Text}\n{log.Trim()}".Trim();
    }

    /// <summary>Ends every connection and stops the server with its data written out.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var result = await account.RunAsync(
            cancellationToken, binaries.PgCtl, "stop", "--silent", "--wait", "--mode", "fast", "--pgdata", folder.Data);
        if (!result.Succeeded && PostmasterFile.Read(folder.Data)?.IsRunning() == true)
            throw new EmbeddedPostgresException($"PostgreSQL in {folder.Data} could not be stopped: {result.Text}");
    }

    private async Task WriteSettingsAsync(int port, IReadOnlyDictionary<string, string> settings)
    {
        var all = new Dictionary<string, string>(_defaults) { ["port"] = port.ToString(CultureInfo.InvariantCulture) };
        foreach (var (name, value) in settings)
            all[name] = value;
        var file = Path.Combine(folder.Data, OwnSettings);
        var lines = all.Select(setting => $"{setting.Key} = '{setting.Value.Replace("'", "''", StringComparison.Ordinal)}'");
        await File.WriteAllLinesAsync(file, ["# Written anew at each start.", .. lines]);
        // The folder is closed to everybody but the server's user, who has to read what another user wrote.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private IEnumerable<string[]> Locales()
    {
        if (binaries.MajorVersion >= 17)
            yield return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
        yield return ["--locale=C.UTF-8"];
        // A system without that locale: only ASCII letters are cased then.
        yield return ["--locale=C"];
    }
}
