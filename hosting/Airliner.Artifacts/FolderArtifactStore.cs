using Airliner.Contracts.Records;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Airliner.Artifacts;

/// <summary>
/// Artifacts as files below one folder. A write goes to a temporary file beside its target, is flushed to the disk and
/// then renamed, so a reader sees the old bytes or the new ones and a crash leaves at most a temporary file, which a
/// sweep removes once nothing was written to it for longer than an attempt at a task may last.
/// </summary>
internal sealed partial class FolderArtifactStore : IArtifactStore, IUnfinishedUploads
{
    private const string TemporaryPrefix = ".upload-";

    /// <summary>An attempt at a task, which may open its file and write to it much later, has at most 24 hours.</summary>
    private static readonly TimeSpan _temporaryLifetime = TimeSpan.FromHours(25);

    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<FolderArtifactStore> _logger;

    public FolderArtifactStore(IOptions<FolderArtifactStoreOptions> options, TimeProvider time, ILogger<FolderArtifactStore> logger)
    {
        _folder = Path.GetFullPath(options.Value.Folder);
        _time = time;
        _logger = logger;
        Directory.CreateDirectory(_folder);
    }

    public async Task<StoredArtifact> SaveAsync(string key, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        var path = ArtifactKey.PathBelow(_folder, key);
        var parent = Path.GetDirectoryName(path)!;
        var temporary = Path.Join(parent, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        await using var file = Own(() =>
        {
            if (!Directory.Exists(parent))
                CreateLasting(parent);
            return Create(temporary);
        });
        try
        {
            var stored = await HashedCopy.RunAsync(content, (bytes, cancellation) => WriteAsync(file, bytes, cancellation), maxBytes, cancellationToken);
            Own(() =>
            {
                file.Flush(flushToDisk: true);
                cancellationToken.ThrowIfCancellationRequested();
                File.Move(temporary, path, overwrite: true);
                FolderFlush.Flush(parent);
                return true;
            });
            return stored;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = ArtifactKey.PathBelow(_folder, key);
        try
        {
            return Task.FromResult<Stream?>(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                // Delete: an artifact can be deleted or replaced while somebody downloads it.
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            }));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task<bool> DeleteAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = ArtifactKey.PathBelow(_folder, key);
        if (!File.Exists(path))
            return Task.FromResult(false);
        File.Delete(path);
        FolderFlush.Flush(Path.GetDirectoryName(path)!);
        return Task.FromResult(true);
    }

    public Task DeleteAllAsync(string segments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = ArtifactKey.PathBelow(_folder, segments);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
            FolderFlush.Flush(Path.GetDirectoryName(path)!);
        }

        return Task.CompletedTask;
    }

    public IAsyncEnumerable<string> ListAsync(DateTimeOffset before, CancellationToken cancellationToken) => Files("*")
        .Where(file => file.LastWriteTimeUtc < before.UtcDateTime && !file.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal))
        .Select(file => Path.GetRelativePath(_folder, file.FullName).Replace(Path.DirectorySeparatorChar, '/'))
        .ToAsyncEnumerable();

    public Task PingAsync(CancellationToken cancellationToken) => Directory.Exists(_folder)
        ? Task.CompletedTask
        : throw new StorageUnavailableException("The folder of files is not there.");

    /// <summary>Removes the temporary files that an ended process left behind.</summary>
    public Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var oldest = _time.GetUtcNow().UtcDateTime - _temporaryLifetime;
        var swept = 0;
        foreach (var file in Files(TemporaryPrefix + "*").TakeWhile(_ => !cancellationToken.IsCancellationRequested))
        {
            if (file.LastWriteTimeUtc >= oldest)
                continue;
            file.Delete();
            swept++;
        }

        if (swept > 0)
            LogSwept(swept, _folder);
        return Task.FromResult(swept);
    }

    private IEnumerable<FileInfo> Files(string pattern) => new DirectoryInfo(_folder)
        .EnumerateFiles(pattern, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true });

    /// <summary>Makes the folder, and has it last before its first file: whoever finds it there later flushes nothing above it.</summary>
    private void CreateLasting(string folder)
    {
        Directory.CreateDirectory(folder);
        for (var above = folder; above.Length > _folder.Length;)
            FolderFlush.Flush(above = Path.GetDirectoryName(above)!);
    }

    private static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        // Delete: it is renamed while it is open.
        Share = FileShare.Delete,
        Options = FileOptions.Asynchronous,
        BufferSize = 0,
    });

    private async ValueTask WriteAsync(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await file.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException error)
        {
            throw NotWritten(error);
        }
    }

    /// <summary>Does what is the store's own part. A disk that is full is its error; one of the content's is its sender's.</summary>
    private T Own<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(error);
        }
    }

    private StorageUnavailableException NotWritten(Exception error)
    {
        LogNotWritten(error, _folder);
        return new StorageUnavailableException("The folder of files cannot be written.");
    }

    [LoggerMessage(1, LogLevel.Information, "Removed {Count} unfinished uploads below {Folder}")]
    private partial void LogSwept(int count, string folder);

    [LoggerMessage(2, LogLevel.Error, "The folder {Folder} cannot be written")]
    private partial void LogNotWritten(Exception error, string folder);
}
