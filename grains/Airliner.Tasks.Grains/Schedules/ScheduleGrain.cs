using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Airliner.Tasks.Grains.Schedules;

/// <summary>One cron schedule. Key: schedule id. Store: table <c>schedules</c>.</summary>
/// <remarks>
/// The tasks are made first, and the row moves on afterwards. After a crash between the two, and where two activations run at once, they are made again under the
/// same commands, and found.
/// </remarks>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("schedule")]
internal sealed partial class ScheduleGrain(
    [PersistentState("schedule", TasksStorage.Schedules)] IPersistentState<ScheduleState> schedule,
    IScheduleTable table,
    IOptions<ScheduleOptions> options,
    TimeProvider time,
    ILogger<ScheduleGrain> log) : Grain, IScheduleGrain
{
    public async Task<ScheduleView?> Get() => await ExistsAsync() ? schedule.State.View(ScheduleId) : null;

    public async Task Delete()
    {
        if (await ExistsAsync())
            await schedule.ClearStateAsync();
        DeactivateOnIdle();
    }

    public async Task Fire()
    {
        var now = time.Now();
        if (!await ExistsAsync() || !(schedule.State.NextRunAt <= now))
            return;
        try
        {
            await RunAsync(schedule.State.Due(now, options.Value));
        }
        catch (Exception error)
        {
            // Nobody awaits it, and the sweep tells it again. Thrown on, because an inconsistent state ends the activation only where it leaves the grain.
            LogNotRun(error, ScheduleId);
            throw;
        }
    }

    private long ScheduleId => this.GetPrimaryKeyLong();

    /// <summary>Schedules are made beside their grain, so one that was asked for too early may be there now.</summary>
    private async Task<bool> ExistsAsync()
    {
        if (!schedule.RecordExists)
            await schedule.ReadStateAsync();
        return schedule.RecordExists;
    }

    private async Task RunAsync(DueRuns due)
    {
        long? lastTaskId = null;
        if (due.Runs.Count > 0)
        {
            var ids = await table.TakeTaskIdsAsync(due.Runs.Count);
            var batch = new CreateTaskBatch([.. due.Runs.Zip(ids, (run, id) => new BatchedTask(id, schedule.State.TaskOf(ScheduleId, run)))]);
            lastTaskId = (await GrainFactory.GetGrain<ITaskBatchGrain>(0).Create(batch))[^1]?.TaskId;
        }

        if (due.Runs.Count > 0 && lastTaskId is null)
            await Delete(); // Its user was erased, and it is about to be.
        else
            await schedule.CommitAsync(schedule.State.Ran(due, lastTaskId));
    }

    [LoggerMessage(LogLevel.Warning, "Schedule {ScheduleId} could not be run; the sweep will tell it again")]
    private partial void LogNotRun(Exception error, long scheduleId);
}
