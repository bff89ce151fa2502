using System.Security.Cryptography;

namespace Airliner.Host.Backup;

/// <summary>A backup that is whole.</summary>
internal sealed class BackupFolder
{
    private readonly string _path;

    private BackupFolder(string path, BackupManifest manifest) => (_path, Manifest) = (path, manifest);

    public BackupManifest Manifest { get; }

    /// <summary>Opens a backup that this version can restore.</summary>
    /// <exception cref="BackupException">
    /// It is none, is of a layout or a schema that this version does not know, or a file of it is missing or is not what was written; the message names it.
    /// </exception>
    public static async Task<BackupFolder> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var manifest = await BackupManifest.ReadAsync(path, cancellationToken);
        if (manifest.Format != BackupManifest.CurrentFormat)
        {
            throw new BackupException(
                $"{path} is a backup of format {manifest.Format}, made by version {manifest.Version}, and this version reads format {BackupManifest.CurrentFormat}: "
                + "restore it with that version.");
        }

        KnownSteps.Require(manifest);
        foreach (var part in manifest.Parts)
            await RequireAsync(path, part, cancellationToken);
        return new(path, manifest);
    }

    /// <summary>Whether it has a file of this name.</summary>
    public bool Has(string name) => Manifest.Parts.Any(part => part.Name == name);

    /// <summary>Reads a file of it.</summary>
    /// <exception cref="BackupException">It has none of that name.</exception>
    public Stream Read(string name) =>
        Has(name) ? File.OpenRead(Path.Combine(_path, name)) : throw new BackupException($"{_path} has no {name}: it was not made by './airliner backup'.");

    private static async Task RequireAsync(string path, BackupManifest.Part part, CancellationToken cancellationToken)
    {
        if (part.Name != Path.GetFileName(part.Name))
            throw new BackupException($"{path} names a part '{part.Name}', which is no file's name: its {BackupManifest.FileName} was changed.");
        var file = new FileInfo(Path.Combine(path, part.Name));
        if (!file.Exists)
            throw new BackupException($"{path} is not whole: {part.Name} is missing.");
        if (file.Length != part.Size)
            throw new BackupException($"{path} is not whole: {part.Name} has {file.Length} bytes of {part.Size}.");
        await using var content = file.OpenRead();
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) != part.Sha256)
            throw new BackupException($"{path} is damaged: {part.Name} is not what was written.");
    }
}
