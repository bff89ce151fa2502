namespace Airliner.Contracts.Idempotency;

/// <summary>
/// One <c>Idempotency-Key</c> of one caller, method and path: what it is used for, and what was answered. Key: the hash of the four, as a gateway makes it.
/// </summary>
[Alias("airliner.IStoredAnswerGrain")]
public interface IStoredAnswerGrain : IGrainWithStringKey
{
    /// <summary>Reserves the key for one try of a request, or says why there is nothing to try. The same try again is told the same.</summary>
    [Alias("Reserve")]
    Task<AnswerReservation> Reserve(ReserveAnswer command);

    /// <summary>Keeps the answer of the try that holds the key. One that holds it no longer changes nothing.</summary>
    [Alias("Keep")]
    Task Keep(KeepAnswer command);

    /// <summary>Gives the key back: the try ended without an answer to keep, and the next one is the same command.</summary>
    [Alias("Release")]
    Task Release(Guid tryId);
}
