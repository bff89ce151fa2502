using System.Security.Cryptography;

namespace Airliner.Host.Backup;

/// <summary>
/// Makes a backup: a folder that its owner alone may enter. It has another name until it is whole, so one that was cut short is never taken for a backup.
/// </summary>
internal sealed class BackupWriter
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly List<BackupManifest.Part> _parts = [];

    private BackupWriter(string path) => _path = path;

    /// <summary>Makes a backup.</summary>
    /// <param name="path">Where it will be.</param>
    /// <param name="fill">Adds its parts, and says what it is.</param>
    /// <exception cref="BackupException">There is something already, or the folder cannot be written. Nothing is left of it.</exception>
    public static async Task MakeAsync(string path, Func<BackupWriter, Task<BackupManifest>> fill, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
            throw new BackupException($"{path} is there already. A backup is never written over: name another folder, or remove this one.");
        var unfinished = $"{path}.unfinished-{Environment.ProcessId}";
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(unfinished);
            else
                Directory.CreateDirectory(unfinished, OwnerOnly | UnixFileMode.UserExecute);
            var writer = new BackupWriter(unfinished);
            var manifest = await fill(writer);
            await (manifest with { Parts = writer._parts }).WriteAsync(unfinished, cancellationToken);
            Directory.Move(unfinished, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BackupException($"The backup cannot be written to {path}: {error.Message}", error);
        }
        finally
        {
            // Not there any more where all went well.
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    /// <summary>Adds a file, which is on the disk when this ends.</summary>
    public async Task AddAsync(string name, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        await using var file = new FileStream(Path.Combine(_path, name), options);
        await write(file);
        file.Flush(flushToDisk: true);
        file.Position = 0;
        _parts.Add(new(name, file.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken))));
    }
}
