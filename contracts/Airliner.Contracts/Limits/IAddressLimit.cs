namespace Airliner.Contracts.Limits;

/// <summary>
/// A limit of one purpose for one address: a grain, so that it is exact over all gateways. It is kept in memory alone. Key: the address, as
/// <see cref="SourceNetwork"/> names it.
/// </summary>
[Alias("airliner.IAddressLimit")]
public interface IAddressLimit : IGrainWithStringKey
{
    /// <summary>Takes one permit, where there is one.</summary>
    [Alias("Take")]
    Task<LimitDecision> Take();
}

/// <param name="Quota">Permits in a window.</param>
/// <param name="RetryAfter">When the next permit is there; zero where this one was.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.LimitDecision")]
public sealed record LimitDecision(
    [property: Id(0)] bool IsAdmitted,
    [property: Id(1)] int Quota,
    [property: Id(2)] TimeSpan Window,
    [property: Id(3)] TimeSpan RetryAfter);
