using System.Globalization;
using Airliner.Embedded;
using Airliner.Host.Embedded;

namespace Airliner.Host.Backup;

/// <summary><c>airliner backup [FOLDER]</c>: saves what a system has, while it runs.</summary>
internal static class BackupCommand
{
    public const string Compose = "--compose";

    public static IReadOnlyCollection<string> Options { get; } = ["--data", "--postgres"];

    public static IReadOnlyCollection<string> Switches { get; } = [Compose];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var time = TimeProvider.System;
        var name = time.GetUtcNow().ToString("'airliner-backup-'yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(arguments.Operands.FirstOrDefault() ?? name));
        var settings = EmbeddedSettings.From(arguments);
        IBackupPlace place = arguments.Has(Compose)
            ? new ComposePlace()
            : new EmbeddedPlace(PostgresClient.Find(), settings, database => EmbeddedDatabases.ConnectionStringOfRunning(settings, database));
        await Backups.MakeAsync(place, path, time, CancellationToken.None);
        Console.WriteLine($"The backup is in {path}. Whoever has it has all that the system has.");
        if (!File.Exists(Path.Combine(path, Backups.ServerKey)))
            Console.WriteLine($"The server key is not in it, as {place.Secrets[Backups.ServerKey]} is not there: keep it beside the backup.");
        return 0;
    }
}
