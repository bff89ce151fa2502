using System.Text.Json;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Handlers;

/// <summary>One attempt at one task, as its handler sees it.</summary>
public interface ITaskExecution
{
    /// <summary>The task.</summary>
    long TaskId { get; }

    /// <summary>Whose task it is. Only this user's files can be read, and what is saved belongs to this user.</summary>
    long UserId { get; }

    /// <summary>The task's <c>parameters</c>, a JSON object.</summary>
    JsonElement Parameters { get; }

    /// <summary>Tells how far the attempt is.</summary>
    /// <param name="percent">0–100, never less than before. Cheap: it may be called often.</param>
    void ReportProgress(int percent);

    /// <summary>Opens a file of this user, or null where this user has no such file. The caller disposes the stream, which can seek.</summary>
    Task<Stream?> OpenFileAsync(long fileId, CancellationToken cancellationToken);

    /// <summary>
    /// Saves a file for this user. It becomes visible only when <paramref name="write"/> has ended well; an exception
    /// of it leaves no file and reaches the caller.
    /// </summary>
    /// <param name="contentType">Kept where it is one of <see cref="StoredFiles.SafeTypes"/>, else it is that of any bytes.</param>
    /// <returns>The id of the new file.</returns>
    /// <exception cref="TaskInputException">The user's quota has no room for the file.</exception>
    Task<long> SaveFileAsync(
        string name, string contentType, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken);
}
