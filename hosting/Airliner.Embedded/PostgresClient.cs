using Npgsql;

namespace Airliner.Embedded;

/// <summary>PostgreSQL's client programs (psql, pg_dump, pg_restore), and how each is run on a database.</summary>
public sealed class PostgresClient
{
    private static readonly string[] _programs = ["psql", "pg_dump", "pg_restore"];

    private readonly string _folder;

    private PostgresClient(string folder) => _folder = folder;

    /// <summary>Finds the programs where the server's are looked for.</summary>
    /// <exception cref="EmbeddedPostgresException">They are nowhere; the message says what to install.</exception>
    public static PostgresClient Find()
    {
        var search = PostgresSearchPath.OfThisMachine(PostgresInstaller.DefaultFolder);
        var folder = (search.Named is { Length: > 0 } named ? search.Folders().Prepend(named) : search.Folders())
            .FirstOrDefault(folder => _programs.All(program => File.Exists(Path.Combine(folder, program))));
        return folder is null
            ? throw new EmbeddedPostgresException(
                $"PostgreSQL's client programs ({string.Join(", ", _programs)}) were not found on PATH or in /usr/lib/postgresql. "
                + "Install those of the server's version or a newer one (Debian, Ubuntu: sudo apt-get install postgresql-client; Fedora: sudo dnf install postgresql), "
                + $"or set {PostgresBinaries.FolderVariable} to the folder that has them.")
            : new(folder);
    }

    /// <summary>The command that runs a program on a database, but for its own options.</summary>
    public IReadOnlyList<string> Command(string program, string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        return
        [
            Path.Combine(_folder, program), $"--host={database.Host}", $"--port={database.Port}", $"--username={database.Username}", $"--dbname={database.Database}",
        ];
    }

    /// <summary>What the program has to be told and a command line, which everybody can read, must not have.</summary>
    /// <remarks>With it, how the server is verified, in libpq's terms: its own defaults take any server, and one without TLS. By what the machine trusts it verifies from version 16 on.</remarks>
    public static IReadOnlyDictionary<string, string> Environment(string connectionString)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        var told = new Dictionary<string, string?>
        {
            ["PGPASSWORD"] = database.Password ?? "",
            ["PGSSLMODE"] = database.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            },
            ["PGSSLROOTCERT"] = database.RootCertificate ?? (database.SslMode == SslMode.VerifyFull ? "system" : null),
            ["PGSSLCERT"] = database.SslCertificate,
            ["PGSSLKEY"] = database.SslKey,
        };
        return told.Where(one => one.Value is not null).ToDictionary(one => one.Key, one => one.Value!);
    }
}
