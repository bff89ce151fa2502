using Airliner.Persistence.Postgres.Schema;
using Airliner.ServiceDefaults;

namespace Airliner.Host.Backup;

/// <summary>Makes backups, and restores them.</summary>
internal static class Backups
{
    public const string ServerKey = "server-key";

    private const string Files = "files.tar";

    private const string IsEmpty = """
        select count(*) = 0 from pg_class join pg_namespace on pg_namespace.oid = relnamespace
        where nspname not like 'pg\_%' and nspname <> 'information_schema'
        """;

    private const string AppliedSteps = "select source || '/' || script || ' ' || hash from schema_versions order by source, script";

    private static string Version => typeof(Backups).Assembly.GetName().Version!.ToString(3);

    /// <summary>Makes a backup of a system, which may run.</summary>
    /// <exception cref="BackupException">It cannot be made; nothing is left of it.</exception>
    public static Task MakeAsync(IBackupPlace place, string path, TimeProvider time, CancellationToken cancellationToken) => BackupWriter.MakeAsync(
        path,
        async backup =>
        {
            var (takenAt, databases) = await DumpAsync(place.Databases, backup, time, cancellationToken);
            // After the databases: the bytes of a file are there before its row is.
            await backup.AddAsync(Files, tar => place.ReadFilesAsync(tar, cancellationToken), cancellationToken);
            foreach (var (name, file) in place.Secrets.Where(secret => File.Exists(secret.Value)))
            {
                await using var secret = File.OpenRead(file);
                await backup.AddAsync(name, output => secret.CopyToAsync(output, cancellationToken), cancellationToken);
            }

            return new(BackupManifest.CurrentFormat, Version, takenAt, databases, Parts: []);
        },
        cancellationToken);

    /// <summary>Restores a backup into an empty system that does not run.</summary>
    /// <exception cref="BackupException">The system is not empty, it has another secret than the backup, or a program of PostgreSQL fails.</exception>
    public static async Task RestoreAsync(IBackupPlace place, BackupFolder backup, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var database in place.Databases)
        {
            if (await database.QueryAsync(IsEmpty, cancellationToken) != "t")
                throw new BackupException($"The database {database.Name} is not empty. A backup is restored into an empty system alone.");
        }

        // Before a database is written to: with the right secret in its place, the same system is still an empty one.
        var missing = new List<(string File, string Text)>();
        foreach (var (name, file) in place.Secrets.Where(secret => backup.Has(secret.Key)))
        {
            var text = await ReadAsync(backup.Read(name), cancellationToken);
            if (!File.Exists(file))
                missing.Add((file, text));
            else if (await ReadAsync(File.OpenRead(file), cancellationToken) != text)
                throw new BackupException($"{file} is another secret than the backup's, which its databases are read with. Put the backup's in its place.");
        }

        // Until all is there, nothing starts on what is.
        foreach (var database in place.Databases)
            await database.QueryAsync($"create table {Migrations.UnfinishedRestore} ()", cancellationToken);
        foreach (var (file, text) in missing)
            Put(text, file, place.SecretMode);
        foreach (var database in place.Databases)
        {
            await using var dump = backup.Read(database.DumpName);
            await database.RestoreAsync(dump, cancellationToken);
            await AfterRestore.ApplyAsync(database, time.GetUtcNow() - backup.Manifest.TakenAt, cancellationToken);
        }

        await using var files = backup.Read(Files);
        await place.WriteFilesAsync(files, cancellationToken);
        foreach (var database in place.Databases)
            await database.QueryAsync($"drop table {Migrations.UnfinishedRestore}", cancellationToken);
    }

    /// <summary>Adds the dumps of the databases, each as it was at one moment: milliseconds apart, in the order of the databases.</summary>
    private static async Task<(DateTimeOffset TakenAt, IReadOnlyList<BackupManifest.Database> Databases)> DumpAsync(
        IReadOnlyList<BackupDatabase> databases, BackupWriter backup, TimeProvider time, CancellationToken cancellationToken)
    {
        var sessions = new List<HeldSnapshot>();
        try
        {
            foreach (var database in databases)
                sessions.Add(await database.ConnectAsync(cancellationToken));
            var takenAt = time.GetUtcNow();
            var snapshots = new List<string>();
            foreach (var session in sessions)
                snapshots.Add(await session.TakeAsync(cancellationToken));
            var described = new List<BackupManifest.Database>();
            foreach (var (database, snapshot) in databases.Zip(snapshots))
            {
                await backup.AddAsync(database.DumpName, output => database.DumpAsync(snapshot, output, cancellationToken), cancellationToken);
                described.Add(await DescribeAsync(database, cancellationToken));
            }

            return (takenAt, described);
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    private static async Task<BackupManifest.Database> DescribeAsync(BackupDatabase database, CancellationToken cancellationToken)
    {
        var server = await database.QueryAsync("show server_version", cancellationToken);
        var steps = await database.QueryAsync(AppliedSteps, cancellationToken);
        return new(database.Name, server, steps.Split('\n').Select(step => step.Split(' ')).ToDictionary(step => step[0], step => step[1]));
    }

    /// <summary>A secret without its line end.</summary>
    private static async Task<string> ReadAsync(Stream secret, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(secret);
        return (await reader.ReadToEndAsync(cancellationToken)).TrimEnd('\n');
    }

    private static void Put(string secret, string file, UnixFileMode mode)
    {
        SecretFile.Write(file, secret.Split('\n'));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, mode);
    }
}
