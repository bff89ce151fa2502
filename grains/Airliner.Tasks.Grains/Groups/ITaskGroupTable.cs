namespace Airliner.Tasks.Grains.Groups;

/// <summary>The table of groups, and their tasks in the table of tasks.</summary>
internal interface ITaskGroupTable
{
    /// <summary>Inserts a new group; one that is there already, from an earlier try, stays as it is.</summary>
    Task CreateAsync(string groupId, TaskGroupState group);

    /// <summary>Counts the group's tasks as they stand in their table.</summary>
    Task<MemberCounts> CountAsync(string groupId);
}

/// <summary>How far the tasks of a group are.</summary>
internal readonly record struct MemberCounts(int Total, int Left, int Completed, int Failed, int Cancelled);
