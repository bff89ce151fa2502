namespace Airliner.Contracts.Idempotency;

/// <summary>A try of a request that carries a key.</summary>
/// <param name="TryId">Names the try: no other has its id.</param>
/// <param name="Body">SHA-256 of what was asked for.</param>
/// <param name="UserId">The caller, null for a machine client and where nobody is named.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ReserveAnswer")]
public sealed record ReserveAnswer([property: Id(0)] Guid TryId, [property: Id(1)] byte[] Body, [property: Id(2)] long? UserId);

/// <param name="TryId">The try that is answered.</param>
/// <param name="UserId">Whose data the answer holds: it goes when that user is erased.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.KeepAnswer")]
public sealed record KeepAnswer([property: Id(0)] Guid TryId, [property: Id(1)] StoredAnswer Answer, [property: Id(2)] long? UserId);

/// <summary>What a try may do.</summary>
/// <param name="CommandId">Names the command that the key stands for, the same for each of its tries; where the outcome is <see cref="ReservationOutcome.Reserved"/>.</param>
/// <param name="Answer">Where the outcome is <see cref="ReservationOutcome.Answered"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AnswerReservation")]
public sealed record AnswerReservation(
    [property: Id(0)] ReservationOutcome Outcome, [property: Id(1)] string CommandId = "", [property: Id(2)] StoredAnswer? Answer = null);

/// <summary>How a reservation ended.</summary>
public enum ReservationOutcome
{
    /// <summary>The try has the key: it carries the request out.</summary>
    Reserved,

    /// <summary>Another try has it.</summary>
    InFlight,

    /// <summary>The request was answered.</summary>
    Answered,

    /// <summary>The key stands for another request.</summary>
    OtherBody,
}

/// <summary>An answer as it went over the wire.</summary>
/// <param name="Headers">Those that belong to the answer, by name.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.StoredAnswer")]
public sealed record StoredAnswer(
    [property: Id(0)] int Status, [property: Id(1)] IReadOnlyDictionary<string, string> Headers, [property: Id(2)] byte[] Body);
