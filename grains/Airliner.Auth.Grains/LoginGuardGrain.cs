using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;

namespace Airliner.Auth.Grains;

/// <summary>
/// Guards the password of one account, or of one name that nobody has. Key: <see cref="LoginGuardKeys"/>. Store: table <c>login_guards</c>; attempts under
/// way are in memory alone.
/// </summary>
[CollectionAgeLimit(Minutes = 2)]
[GrainType("login-guard")]
internal sealed class LoginGuardGrain([PersistentState("login-guard", AuthStorage.LoginGuards)] IPersistentState<LoginGuardState> guard, TimeProvider time)
    : Grain, ILoginGuardGrain
{
    private const int MostWaiting = 1000;

    /// <summary>Less than a gateway waits for an answer.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    /// <summary>Far longer than a password waits for its hash: the silo that would have settled the attempt is gone.</summary>
    private static readonly TimeSpan _attemptIsLostAfter = TimeSpan.FromSeconds(30);

    /// <summary>What one is told that waited in vain.</summary>
    private static readonly AttemptReservation _notNow = new(null, TimeSpan.FromSeconds(1));

    private readonly Dictionary<Guid, Attempt> _underWay = [];
    private TaskCompletionSource _settled = NewSignal();
    private int _waiting;

    public async Task<AttemptReservation> Reserve(string source)
    {
        for (var asked = time.GetTimestamp(); ;)
        {
            var verdict = Judge(source, out var isStranger);
            switch (verdict.Decision)
            {
                case GuardDecision.Admit:
                    var id = Guid.NewGuid();
                    _underWay.Add(id, new Attempt(source, isStranger, time.GetTimestamp()));
                    return new(id);
                case GuardDecision.HoldBack:
                    return new(null, verdict.RetryAfter);
                case GuardDecision.Wait when _waiting >= MostWaiting || _patience - time.GetElapsedTime(asked) <= TimeSpan.Zero:
                    return _notNow;
            }

            await WaitAsync(_patience - time.GetElapsedTime(asked));
        }
    }

    public async Task Settle(SettleAttempt command)
    {
        try
        {
            var next = command.End switch
            {
                AttemptEnd.Failed => guard.State.Failed(LoginGuardKeys.UserId(this.GetPrimaryKeyString()), command.Source, time.Now()),
                AttemptEnd.Succeeded => guard.State.Succeeded(command.Source, time.Now()),
                _ => null,
            };
            if (next is not null)
                await guard.CommitAsync(next);
        }
        finally
        {
            // Not before it is counted: else one more attempt would fit in between.
            _underWay.Remove(command.AttemptId);
            _settled.SetResult();
            _settled = NewSignal();
        }
    }

    public async Task Erase()
    {
        if (!guard.State.Sources.IsEmpty)
            await guard.CommitAsync(new LoginGuardState { EventSequence = guard.State.EventSequence });
    }

    private GuardVerdict Judge(string source, out bool isStranger)
    {
        foreach (var (id, attempt) in _underWay)
        {
            if (time.GetElapsedTime(attempt.Since) > _attemptIsLostAfter)
                _underWay.Remove(id);
        }

        var now = time.Now();
        isStranger = !guard.State.Of(source, now).IsKnown;
        return guard.State.Judge(source, _underWay.Values.Count(attempt => attempt.Source == source), _underWay.Values.Count(attempt => attempt.IsStranger), now);
    }

    /// <summary>Waits for an attempt to end; others run meanwhile.</summary>
    private async Task WaitAsync(TimeSpan atMost)
    {
        _waiting++;
        try
        {
            await _settled.Task.WaitAsync(atMost, time).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            _waiting--;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Attempt(string Source, bool IsStranger, long Since);
}
