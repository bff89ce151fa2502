using System.Formats.Tar;
using Airliner.Embedded;
using Airliner.Host.Embedded;

namespace Airliner.Host.Backup;

/// <summary>The system in one process: its data folder, and its databases on the private server or on the one that was named.</summary>
internal sealed class EmbeddedPlace(PostgresClient client, EmbeddedSettings settings, Func<string, string> connectionString) : IBackupPlace
{
    public IReadOnlyList<BackupDatabase> Databases { get; } = DatabasesBy(client, connectionString);

    public IReadOnlyDictionary<string, string> Secrets { get; } =
        new[] { Backups.ServerKey, "admin-password", "service-client" }.ToDictionary(name => name, name => Path.Combine(settings.DataFolder, name));

    public UnixFileMode SecretMode => UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async Task ReadFilesAsync(Stream tar, CancellationToken cancellationToken)
    {
        await using var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true);
        var folder = new DirectoryInfo(settings.FilesFolder);
        // Names that begin with a dot are uploads under way.
        foreach (var file in folder.Exists ? folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !file.Name.StartsWith('.')) : [])
        {
            try
            {
                await writer.WriteEntryAsync(file.FullName, Path.GetRelativePath(folder.FullName, file.FullName), cancellationToken);
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                // Its owner deleted it meanwhile.
            }
        }
    }

    public async Task WriteFilesAsync(Stream tar, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.FilesFolder);
        await TarFile.ExtractToDirectoryAsync(tar, settings.FilesFolder, overwriteFiles: false, cancellationToken);
    }

    private static List<BackupDatabase> DatabasesBy(PostgresClient client, Func<string, string> connectionString) =>
        [.. EmbeddedDatabases.Names.Select(one => (Name: one.Value, ConnectionString: connectionString(one.Key))).Select(database => new BackupDatabase(
            database.Name, program => client.Command(program, database.ConnectionString), PostgresClient.Environment(database.ConnectionString)))];
}
