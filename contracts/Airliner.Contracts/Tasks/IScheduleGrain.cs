using Orleans.Concurrency;

namespace Airliner.Contracts.Tasks;

/// <summary>One cron schedule, which makes tasks. Key: the schedule's id.</summary>
[Alias("airliner.IScheduleGrain")]
public interface IScheduleGrain : IGrainWithIntegerKey
{
    /// <summary>The schedule, null where there is none.</summary>
    [ReadOnly]
    [Alias("Get")]
    Task<ScheduleView?> Get();

    /// <summary>Ends the schedule; tasks that it has made go on. Where there is none, nothing happens.</summary>
    [Alias("Delete")]
    Task Delete();

    /// <summary>It is due, or may be: makes its tasks, each once, however often it is told. May be lost: the sweep tells it again.</summary>
    [OneWay]
    [Alias("Fire")]
    Task Fire();
}

/// <summary>The schedules of one user. Key: the user's id. One turn at a time keeps their number within its limit.</summary>
[Alias("airliner.IUserSchedulesGrain")]
public interface IUserSchedulesGrain : IGrainWithIntegerKey
{
    /// <summary>Makes a schedule. The same command again answers the same schedule, which may have another id.</summary>
    [Alias("Create")]
    Task<CreateScheduleResult> Create(long scheduleId, CreateSchedule command);
}

/// <summary>Lists of schedules. Any key.</summary>
[Alias("airliner.IScheduleQueriesGrain")]
public interface IScheduleQueriesGrain : IGrainWithIntegerKey
{
    /// <param name="userId">Whose; null for everybody's.</param>
    [Alias("List")]
    Task<Page<ScheduleView>> List(long? userId, PageRequest page);
}
