namespace Airliner.Contracts.Limits;

/// <summary>What the limits of every purpose have in common; each has a grain class of its own, with its own settings.</summary>
public abstract class AddressLimitGrain(LimitSettings settings, TimeProvider time) : Grain, IAddressLimit
{
    private readonly TokenBucket _bucket = new(settings, time);

    public Task<LimitDecision> Take()
    {
        var decision = _bucket.Take();
        // What was taken must not be forgotten before it is refilled.
        DelayDeactivation(_bucket.UntilFull);
        return Task.FromResult(decision);
    }
}
