using Airliner.Contracts;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Schedules;

/// <summary>The table of schedules, for what is done without a schedule's grain.</summary>
internal interface IScheduleTable
{
    /// <summary>Inserts a new schedule; ends when it is durable.</summary>
    /// <exception cref="Orleans.Storage.InconsistentStateException">It is there already, or whether it is now is not known.</exception>
    Task CreateAsync(long scheduleId, ScheduleState schedule);

    /// <summary>The schedule that has the id, or that the command has made which an idempotency key stands for; null where there is none.</summary>
    Task<(long ScheduleId, ScheduleState Schedule)?> FindAsync(long scheduleId, string commandId);

    /// <summary>How many schedules a user has.</summary>
    Task<int> CountAsync(long userId);

    Task<Page<ScheduleView>> ListAsync(long? userId, PageRequest page);

    /// <summary>Ids for tasks that schedules make.</summary>
    Task<long[]> TakeTaskIdsAsync(int count);
}
