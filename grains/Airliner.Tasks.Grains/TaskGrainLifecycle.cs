using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains;

// A retry of a failed task, and the end of one that waited too long.
internal sealed partial class TaskGrain
{
    public async Task<RetryResult> Retry(Caller caller, string commandId)
    {
        if (!await ExistsAsync() || !(caller.Is(task.State.UserId) || caller.ReadsAll))
            return new(RetryOutcome.NotFound);
        var (state, now) = (task.State, time.Now());
        if (state.RetryCommandId == commandId)
            return Now(RetryOutcome.Retried);
        if (state.Status != TaskStatuses.Failed)
            return Now(RetryOutcome.HasNotFailed);
        if (state.Deadline <= now)
            return Now(RetryOutcome.DeadlineHasPassed);
        try
        {
            await task.CommitAsync(state.Retried(TaskId, commandId, now));
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            return Now(RetryOutcome.UserWasErased);
        }

        task.State.HintQueue(GrainFactory, TaskId, now);
        return Now(RetryOutcome.Retried);
    }

    public async Task Expire()
    {
        var now = time.Now();
        if (!await ExistsAsync() || task.State.Status != TaskStatuses.Pending || !(task.State.ExpiresAt <= now))
            return;
        await task.CommitAsync(task.State.Expired(TaskId, now));
        task.State.HintGroup(GrainFactory);
    }

    private RetryResult Now(RetryOutcome outcome) => new(outcome, task.State.View(TaskId));
}
