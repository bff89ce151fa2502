using Airliner.Auth.Silo;
using Airliner.Notifications.Silo;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Tasks.Silo;
using Airliner.Users.Silo;

namespace Airliner.Host.Backup;

/// <summary>The steps that this version's schemas are made of.</summary>
internal static class KnownSteps
{
    private static readonly MigrationSource[] _sources =
    [
        MigrationSource.GrainState, MigrationSource.Outbox, MigrationSource.StoredAnswers, MigrationSource.Audit,
        UsersModule.Steps, AuthModule.Steps, TasksModule.Steps, NotificationsModule.Steps,
    ];

    /// <summary>Refuses a backup that a later version made: what it has might mean what this version does not know.</summary>
    /// <exception cref="BackupException">A database has steps that are not this version's; the message names them.</exception>
    public static void Require(BackupManifest manifest)
    {
        var known = _sources
            .SelectMany(source => Migrations.StepsOf(source).Select(step => KeyValuePair.Create($"{source.Name}/{step.Key}", step.Value)))
            .ToDictionary();
        foreach (var database in manifest.Databases)
        {
            var newer = database.Steps.Keys.Where(step => !known.ContainsKey(step)).ToArray();
            if (newer.Length > 0)
                throw new BackupException($"{database.Name} is of a newer version, and this one does not know {string.Join(", ", newer)}.");
            if (database.Steps.FirstOrDefault(step => known[step.Key] != step.Value) is { Key: { } changed })
                throw new BackupException($"{database.Name} has another {changed} than this version, and no silo of it would start on that.");
        }
    }
}
