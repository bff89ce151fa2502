namespace Airliner.Contracts.Audit;

/// <summary>
/// Who made the request that a call belongs to, and from where. The gateway says it once, it goes along with every call that follows of it, and the audit log
/// reads it. A call without it is the system's own.
/// </summary>
/// <param name="UserId">The user of the access token.</param>
/// <param name="ClientId">The machine client of the access token; both are null where nobody had to say who it is.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CallOrigin")]
public sealed record CallOrigin(
    [property: Id(0)] long? UserId, [property: Id(1)] string? ClientId, [property: Id(2)] string SourceAddress, [property: Id(3)] string UserAgent)
{
    private const string Key = "airliner.origin";

    /// <summary>That of the call that runs, null where it is the system's own.</summary>
    public static CallOrigin? Current => RequestContext.Get(Key) as CallOrigin;

    /// <summary>Makes it that of the calls which the running code makes from here on.</summary>
    public void GoAlong() => RequestContext.Set(Key, this);

    /// <summary>Names who calls without the address.</summary>
    public override string ToString() => $"CallOrigin {{ {UserId}, {ClientId} }}";
}
