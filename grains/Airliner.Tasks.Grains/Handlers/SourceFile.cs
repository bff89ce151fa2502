namespace Airliner.Tasks.Grains.Handlers;

/// <summary>Opens the file that a task's parameters name.</summary>
internal static class SourceFile
{
    /// <summary>Opens a file of the task's user. The caller disposes the stream.</summary>
    /// <param name="member">The parameter that names the file, for the error.</param>
    /// <param name="bound">What is said before <paramref name="maxBytes"/> of a file that is larger.</param>
    /// <exception cref="TaskInputException">There is no such file, or it is larger.</exception>
    public static async Task<Stream> OpenAsync(ITaskExecution execution, string member, long fileId, string bound, long maxBytes, CancellationToken cancellationToken)
    {
        var file = await execution.OpenFileAsync(fileId, cancellationToken) ?? throw new TaskInputException($"{member}: there is no file {fileId}");
        if (file.Length <= maxBytes)
            return file;
        var length = file.Length;
        await file.DisposeAsync();
        throw new TaskInputException($"{member}: the file has {length} bytes, and {bound} {maxBytes}");
    }
}
