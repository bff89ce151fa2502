using System.Text;
using System.Text.Json;
using Airliner.Tasks.Grains.Handlers;

namespace Airliner.Tasks.Tests.DataProcessing;

/// <summary>An execution over files in memory, which records what the handler reports and saves.</summary>
internal sealed class RecordedExecution(JsonElement parameters) : ITaskExecution
{
    public const long SavedFileId = 7001;

    public long TaskId => 1234;

    public long UserId => 1000;

    public JsonElement Parameters => parameters;

    public Dictionary<long, Func<Stream>> Files { get; } = [];

    public List<int> Progress { get; } = [];

    public (string Name, string ContentType, string Content)? Saved { get; private set; }

    /// <summary>The saved file to the byte.</summary>
    public byte[] SavedBytes { get; private set; } = [];

    /// <summary>Where the saved bytes go instead of memory, for results that are large.</summary>
    public Stream? Target { get; init; }

    public void ReportProgress(int percent) => Progress.Add(percent);

    public Task<Stream?> OpenFileAsync(long fileId, CancellationToken cancellationToken) =>
        Task.FromResult(Files.TryGetValue(fileId, out var open) ? open() : null);

    public async Task<long> SaveFileAsync(
        string name, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        await write(Target ?? memory, cancellationToken);
        SavedBytes = memory.ToArray();
        Saved = (name, contentType, Encoding.UTF8.GetString(memory.ToArray()));
        return SavedFileId;
    }
}
