using Orleans.Concurrency;

namespace Airliner.Contracts.Tasks;

/// <summary>A group of tasks that were made together, and when all of them have ended. Key: the group's id.</summary>
[Alias("airliner.ITaskGroupGrain")]
public interface ITaskGroupGrain : IGrainWithStringKey
{
    /// <summary>The group, counted anew until it is complete; null where there is none.</summary>
    [Alias("Get")]
    Task<TaskGroupView?> Get();

    /// <summary>A task of the group has ended, or may have. May be lost: a sweep finds groups that are done.</summary>
    [OneWay]
    [Alias("MemberEnded")]
    Task MemberEnded();

    /// <summary>Clears what its user called it. It can be repeated.</summary>
    [Alias("Erase")]
    Task Erase();
}

/// <summary>A group to make.</summary>
/// <param name="GroupId">As <see cref="TaskGroupIds"/> makes them.</param>
/// <param name="Name">1–100 characters.</param>
/// <param name="UserId">Whose tasks are in it.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CreateTaskGroup")]
public sealed record CreateTaskGroup([property: Id(0)] string GroupId, [property: Id(1)] string Name, [property: Id(2)] long UserId);

/// <summary>A group as REST shows one.</summary>
/// <param name="Name">Empty once its user was erased.</param>
/// <param name="Total">Tasks in it.</param>
/// <param name="Left">Those that have not ended.</param>
/// <param name="Completed">Those that succeeded.</param>
/// <param name="Failed">Those that failed for good. One that is retried after the group is complete stays counted here.</param>
/// <param name="Cancelled">Those that were cancelled.</param>
/// <param name="CompletedAt">When the last one had ended; null before. From then on the numbers stay as they are.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.TaskGroupView")]
public sealed record TaskGroupView(
    [property: Id(0)] string GroupId,
    [property: Id(1)] string Name,
    [property: Id(2)] long UserId,
    [property: Id(3)] int Total,
    [property: Id(4)] int Left,
    [property: Id(5)] int Completed,
    [property: Id(6)] int Failed,
    [property: Id(7)] int Cancelled,
    [property: Id(8)] DateTimeOffset CreatedAt,
    [property: Id(9)] DateTimeOffset? CompletedAt);
