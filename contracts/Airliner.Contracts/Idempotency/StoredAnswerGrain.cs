using Airliner.Contracts.Records;
using Orleans.Core;

namespace Airliner.Contracts.Idempotency;

/// <summary>
/// What the stored answers of every service have in common; each service has a grain class of its own, whose rows are in its own database. One turn at a time
/// lets one of many tries at once through.
/// </summary>
/// <param name="answer">The key's row.</param>
public abstract class StoredAnswerGrain(IStorage<StoredAnswerState> answer, BodyHashKey key, TimeProvider time) : Grain, IStoredAnswerGrain
{
    public async Task<AnswerReservation> Reserve(ReserveAnswer command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var now = time.Now();
        var bodyHash = key.Hash(command.Body);
        var outcome = answer.State.Judge(command.TryId, bodyHash, now);
        // The row may go with its user any time, and is asked for anew.
        if (outcome == ReservationOutcome.Answered)
            DeactivateOnIdle();
        if (outcome != ReservationOutcome.Reserved)
            return new(outcome, Answer: outcome == ReservationOutcome.Answered ? answer.State.Answer : null);
        await answer.CommitAsync(answer.State.Reserved(command.TryId, bodyHash, command.UserId, now));
        return new(outcome, answer.State.CommandId);
    }

    public Task Keep(KeepAnswer command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return EndTryAsync(answer.State.Kept(command.TryId, command.Answer, command.UserId));
    }

    public Task Release(Guid tryId) => EndTryAsync(answer.State.Released(tryId));

    private async Task EndTryAsync(StoredAnswerState next)
    {
        if (!ReferenceEquals(next, answer.State))
            await answer.CommitAsync(next);
        // Hardly any key is used a second time, and each would keep its answer in memory.
        DeactivateOnIdle();
    }
}
