namespace Airliner.Contracts.Tasks;

/// <summary>What whoever runs an attempt says it holds.</summary>
/// <param name="Owner">Who says so: see <see cref="LeaseNames"/>.</param>
/// <param name="Attempt">The attempt's number, from 1: the fencing token.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.LeaseClaim")]
public readonly record struct LeaseClaim([property: Id(0)] string Owner, [property: Id(1)] int Attempt);

/// <summary>What a report about a lease met.</summary>
public enum LeaseOutcome
{
    /// <summary>The lease is held, or the report ended it, now or when it was told before.</summary>
    Held,

    /// <summary>The lease is held, and the task is to be stopped.</summary>
    Cancelling,

    /// <summary>It is not that owner's lease, or no longer, or the result came after the task's deadline: what the report says was not taken.</summary>
    Lost,
}

/// <summary>How a lease's owner is written: a worker outside, else a silo's address and generation.</summary>
public static class LeaseNames
{
    private const string Prefix = "worker:";

    public static string OfWorker(string worker) => Prefix + worker;

    /// <summary>The worker's key; null where a silo owns the lease, or nobody.</summary>
    public static string? WorkerOf(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return owner.StartsWith(Prefix, StringComparison.Ordinal) ? owner[Prefix.Length..] : null;
    }

    /// <summary>The id that the worker has given itself; null where a silo owns the lease, or nobody.</summary>
    public static string? WorkerIdOf(string owner) => WorkerOf(owner) is { } key ? key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..] : null;
}
