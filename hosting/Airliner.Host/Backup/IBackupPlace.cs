namespace Airliner.Host.Backup;

/// <summary>A system that can be backed up, or restored into: where its databases, its files and its secrets are.</summary>
internal interface IBackupPlace
{
    /// <summary>The services' databases, those that raise events before those that have their effects.</summary>
    IReadOnlyList<BackupDatabase> Databases { get; }

    /// <summary>The secrets that belong to the databases, by name, and the files that have them. One that is not there was given in another way.</summary>
    IReadOnlyDictionary<string, string> Secrets { get; }

    /// <summary>Who may read a secret that a restore puts there.</summary>
    UnixFileMode SecretMode { get; }

    /// <summary>Writes the bytes of the users' files as a tar.</summary>
    Task ReadFilesAsync(Stream tar, CancellationToken cancellationToken);

    /// <summary>Puts the bytes of the users' files where they belong.</summary>
    Task WriteFilesAsync(Stream tar, CancellationToken cancellationToken);
}
