namespace Airliner.Tasks.Silo.Groups;

/// <summary>How groups of tasks are kept: the section <c>Tasks:Groups</c>.</summary>
internal sealed class TaskGroupOptions
{
    /// <summary>How long a complete group is kept.</summary>
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often groups are looked for whose last task has ended unheard.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(30);
}
