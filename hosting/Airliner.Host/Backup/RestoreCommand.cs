using Airliner.Embedded;
using Airliner.Host.Embedded;

namespace Airliner.Host.Backup;

/// <summary><c>airliner restore FOLDER</c>: makes of an empty system what a backup has.</summary>
internal static class RestoreCommand
{
    public static IReadOnlyCollection<string> Options => BackupCommand.Options;

    public static IReadOnlyCollection<string> Switches => BackupCommand.Switches;

    /// <returns>0 when it is restored and, but with Compose, the audit logs were found whole under its server key.</returns>
    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (arguments.Operands is not [var path])
            throw new UsageException("restore takes one word: the folder that backup has made.");
        var backup = await BackupFolder.OpenAsync(Path.GetFullPath(path), CancellationToken.None);
        return arguments.Has(BackupCommand.Compose)
            ? await RestoreComposedAsync(backup)
            : await RestoreEmbeddedAsync(EmbeddedSettings.From(arguments), backup);
    }

    private static async Task<int> RestoreComposedAsync(BackupFolder backup)
    {
        await ComposePlace.RequireReadyAsync(CancellationToken.None);
        await Backups.RestoreAsync(new ComposePlace(), backup, TimeProvider.System, CancellationToken.None);
        Tell(backup, "docker compose up -d --wait; then have both audit logs verified, as docs/operations.md says.");
        return 0;
    }

    private static async Task<int> RestoreEmbeddedAsync(EmbeddedSettings settings, BackupFolder backup)
    {
        RequireEmpty(settings.DataFolder);
        var client = PostgresClient.Find();
        Directory.CreateDirectory(settings.DataFolder);
        await using var held = DataFolderLock.Take(settings.DataFolder);
        UnfinishedRestore.Begin(settings.DataFolder);
        await using var databases = await EmbeddedDatabases.StartAsync(settings, CancellationToken.None);
        var place = new EmbeddedPlace(client, settings, name => databases.ConnectionStrings[name]);
        await Backups.RestoreAsync(place, backup, TimeProvider.System, CancellationToken.None);
        UnfinishedRestore.End(settings.DataFolder);
        Tell(backup, $"./airliner up --data {settings.DataFolder}");
        return await AuditCommand.VerifyAsync(settings, headsFolder: null, name => databases.ConnectionStrings[name]);
    }

    /// <exception cref="BackupException">There is something in the folder.</exception>
    private static void RequireEmpty(string dataFolder)
    {
        if (Directory.Exists(dataFolder) && Directory.EnumerateFileSystemEntries(dataFolder).Any())
            throw new BackupException($"{dataFolder} is not empty. A backup is restored into an empty system alone: name a new folder (--data).");
    }

    private static void Tell(BackupFolder backup, string next) =>
        Console.WriteLine($"Restored what the system was at {backup.Manifest.TakenAt:u}. What happened later is not in it. Start it: {next}");
}
