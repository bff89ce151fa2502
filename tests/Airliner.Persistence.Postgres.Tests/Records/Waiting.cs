namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>Bounds each wait, and says what it was for.</summary>
internal static class Waiting
{
    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(30);

    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(Bound);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {Bound.TotalSeconds} s for {what}.");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }

    /// <summary>How the task failed, null where it did not.</summary>
    public static async Task<Exception?> FailureAsync(this Task task)
    {
        try
        {
            await task;
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
