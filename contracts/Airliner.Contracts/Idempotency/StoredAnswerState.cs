using System.Security.Cryptography;
using Airliner.Contracts.Records;

namespace Airliner.Contracts.Idempotency;

/// <summary>A key in use, as stored.</summary>
public sealed record StoredAnswerState : Record
{
    /// <summary>What the ids of commands start with that a key stands for: indexes of commands hold these alone.</summary>
    public const string CommandPrefix = "key-";

    /// <summary>How long a key stands for its request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a try holds the key before it counts as lost with its gateway: longer than a gateway waits for its grains, and the same command is safe to run
    /// twice.
    /// </summary>
    public static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The command that the key stands for. It is drawn and not derived from the key: a client that counts its keys would be answered with last year's record.
    /// </summary>
    public string CommandId { get; init; } = "";

    /// <summary>A keyed hash of the request's body, which may hold a password.</summary>
    public byte[] BodyHash { get; init; } = [];

    /// <summary>The try that holds the key, or held it last.</summary>
    public Guid TryId { get; init; }

    /// <summary>Until when the try holds it; null where none does.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Whose data the row holds.</summary>
    public long? UserId { get; init; }

    public StoredAnswer? Answer { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What a try is told.</summary>
    public ReservationOutcome Judge(Guid tryId, byte[] bodyHash, DateTimeOffset now) =>
        ExpiresAt <= now ? ReservationOutcome.Reserved
        : !CryptographicOperations.FixedTimeEquals(BodyHash, bodyHash) ? ReservationOutcome.OtherBody
        : Answer is not null ? ReservationOutcome.Answered
        : HeldUntil > now && TryId != tryId ? ReservationOutcome.InFlight
        : ReservationOutcome.Reserved;

    /// <summary>Held by a try that may have it.</summary>
    public StoredAnswerState Reserved(Guid tryId, byte[] bodyHash, long? userId, DateTimeOffset now)
    {
        var key = ExpiresAt > now ? this : this with
        {
            CommandId = CommandPrefix + RandomNumberGenerator.GetHexString(32, lowercase: true),
            BodyHash = bodyHash,
            UserId = userId,
            Answer = null,
            ExpiresAt = now + Lifetime,
        };
        return key with { TryId = tryId, HeldUntil = now + LongestTry };
    }

    /// <summary>With the answer; the same state where the try does not hold the key any more, or has answered.</summary>
    public StoredAnswerState Kept(Guid tryId, StoredAnswer answer, long? userId) =>
        TryId == tryId && Answer is null ? this with { Answer = answer, UserId = userId, HeldUntil = null } : this;

    /// <summary>Held by nobody; the same state where the try does not hold the key any more.</summary>
    public StoredAnswerState Released(Guid tryId) => TryId == tryId && HeldUntil is not null ? this with { HeldUntil = null } : this;

    /// <summary>Shows nothing of the request.</summary>
    public override string ToString() => $"StoredAnswerState {{ {CommandId} }}";
}
