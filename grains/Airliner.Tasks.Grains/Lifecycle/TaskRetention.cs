namespace Airliner.Tasks.Grains.Lifecycle;

/// <summary>How long what has ended is kept, counted from its end.</summary>
internal sealed class TaskRetention
{
    /// <summary>After which a task's result is cleared; the task stays.</summary>
    public TimeSpan Results { get; set; } = TimeSpan.FromDays(30);

    /// <summary>After which the task goes, with all that hangs on it.</summary>
    public TimeSpan Tasks { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often a silo looks for what is old enough.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether a sweep, which asks no grain, may have changed or removed the task that a grain holds in memory.</summary>
    public bool MayHaveSwept(TaskState task, DateTimeOffset now) => task.CompletedAt + Results < now;
}
