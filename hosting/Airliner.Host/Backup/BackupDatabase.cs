namespace Airliner.Host.Backup;

/// <summary>One service's database, reached by PostgreSQL's own programs, wherever those run.</summary>
/// <param name="name">The database's documented name, and that of its dump.</param>
/// <param name="command">The command that runs one of psql, pg_dump and pg_restore on it, but for the program's own options.</param>
/// <param name="environment">What the command is told besides.</param>
internal sealed class BackupDatabase(string name, Func<string, IReadOnlyList<string>> command, IReadOnlyDictionary<string, string> environment)
{
    public string Name => name;

    /// <summary>The name of its dump in a backup.</summary>
    public string DumpName => $"{name}.dump";

    /// <summary>Opens a session whose view of the database will not change.</summary>
    public Task<HeldSnapshot> ConnectAsync(CancellationToken cancellationToken) =>
        HeldSnapshot.ConnectAsync(name, Program("psql", ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1"]), cancellationToken);

    /// <summary>Runs statements, and answers what the last one selected: rows on lines, columns with <c>|</c> between.</summary>
    /// <exception cref="BackupException">The database is not there, or refuses.</exception>
    public Task<string> QueryAsync(string sql, CancellationToken cancellationToken) =>
        Program("psql", ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", $"--command={sql}"]).ReadAsync(cancellationToken);

    /// <summary>Writes all that the database is as a snapshot has it, in PostgreSQL's custom format.</summary>
    public Task DumpAsync(string snapshot, Stream output, CancellationToken cancellationToken) =>
        Program("pg_dump", ["--format=custom", "--no-owner", "--no-privileges", $"--snapshot={snapshot}"]).RunAsync(input: null, output, cancellationToken);

    /// <summary>Makes of an empty database what a dump has, all of it or nothing.</summary>
    public Task RestoreAsync(Stream dump, CancellationToken cancellationToken) =>
        Program("pg_restore", ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]).RunAsync(dump, output: null, cancellationToken);

    private ExternalProgram Program(string program, IEnumerable<string> options) => new([.. command(program), .. options], environment);
}
