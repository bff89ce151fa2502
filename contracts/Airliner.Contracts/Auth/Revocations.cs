using Orleans.Concurrency;

namespace Airliner.Contracts.Auth;

/// <summary>
/// The feed of what is revoked: ids of sessions (<c>sid</c>) and of machine clients (<c>client_id</c>), whose access tokens are no longer good although they
/// have not expired, and of single tokens (<c>jti</c>). One grain, key 0.
/// </summary>
[Alias("airliner.IRevocationsGrain")]
public interface IRevocationsGrain : IGrainWithIntegerKey
{
    /// <summary>Revokes tokens, or all of sessions and machine clients. Answered when that is durable; done again, it changes nothing.</summary>
    [Alias("Revoke")]
    Task Revoke(IReadOnlyList<string> ids);

    /// <summary>Revokes one token of a machine client that gave it back. The audit log has it.</summary>
    /// <param name="tokenId">The <c>jti</c>.</param>
    [Alias("RevokeToken")]
    Task RevokeToken(string clientId, string tokenId);

    /// <summary>
    /// What was revoked after a position, waited for a while where there is nothing yet; all of it where there is no position, or where it is not this
    /// feed's any more.
    /// </summary>
    [ReadOnly]
    [Alias("After")]
    Task<RevocationNews> After(RevocationPosition? position);
}

/// <summary>How far a reader of the feed is.</summary>
/// <param name="Feed">Which activation of the feed counted.</param>
/// <param name="Count">How many revocations it has read.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RevocationPosition")]
public sealed record RevocationPosition([property: Id(0)] Guid Feed, [property: Id(1)] long Count);

/// <summary>A part of the feed.</summary>
/// <param name="Position">To ask from next.</param>
/// <param name="IsAll">Whether it is everything that is revoked now, and not only what is new.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.RevocationNews")]
public sealed record RevocationNews(
    [property: Id(0)] RevocationPosition Position, [property: Id(1)] bool IsAll, [property: Id(2)] IReadOnlyList<Revocation> Revocations);

/// <summary>What is revoked.</summary>
/// <param name="Id">The <c>sid</c>, the <c>client_id</c> or the <c>jti</c>.</param>
/// <param name="ExpiresAt">When the last of its tokens has expired, and the revocation is forgotten.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.Revocation")]
public sealed record Revocation([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset ExpiresAt);
