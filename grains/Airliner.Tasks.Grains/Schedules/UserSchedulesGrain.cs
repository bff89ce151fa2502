using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains.Schedules;

/// <summary>Makes the schedules of one user, one at a time. Key: user id. Store: none; inserts into the table <c>schedules</c>.</summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("user-schedules")]
internal sealed class UserSchedulesGrain(IScheduleTable table, IOptions<ScheduleOptions> options, TimeProvider time) : Grain, IUserSchedulesGrain
{
    public async Task<CreateScheduleResult> Create(long scheduleId, CreateSchedule command)
    {
        if (await table.FindAsync(scheduleId, command.CommandId) is var (id, made))
        {
            return made.CommandId == command.CommandId ? new(made.View(id)) : throw new InvalidOperationException($"The schedule id {scheduleId} was given out twice.");
        }

        if (await table.CountAsync(this.GetPrimaryKeyLong()) >= options.Value.MostPerUser)
            return new(null, options.Value.MostPerUser);
        var schedule = ScheduleState.Created(command, time.Now());
        await table.CreateAsync(scheduleId, schedule);
        return new(schedule.View(scheduleId));
    }
}

/// <summary>Lists schedules. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("schedule-queries")]
internal sealed class ScheduleQueriesGrain(IScheduleTable table) : Grain, IScheduleQueriesGrain
{
    public Task<Page<ScheduleView>> List(long? userId, PageRequest page) => table.ListAsync(userId, page);
}
