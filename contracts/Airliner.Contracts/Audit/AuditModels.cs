using System.Text.Json.Serialization;

namespace Airliner.Contracts.Audit;

/// <summary>An entry of the audit log as REST shows one.</summary>
/// <param name="AuditId">Its id.</param>
/// <param name="At">When it happened.</param>
/// <param name="Action">What happened, for example <c>user_updated</c>.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="UserId">The user whom it happened to.</param>
/// <param name="ClientId">The machine client that it happened to.</param>
/// <param name="SourceAddress">Where the request came from; null where it was the system's own, or where whose address it is was erased.</param>
/// <param name="UserAgent">The <c>User-Agent</c> of the request, null as the address is.</param>
/// <param name="Details">More of it: ids and names of members.</param>
/// <param name="Writer">The silo that wrote it, and what it writes by.</param>
/// <param name="Chain">The writer's chain.</param>
/// <param name="Sequence">Counts the chain's entries from 1.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AuditView")]
public sealed record AuditView(
    [property: Id(0), OpaqueId] long AuditId,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Action,
    [property: Id(3)] AuditActor Actor,
    [property: Id(4)] long? UserId,
    [property: Id(5)] string? ClientId,
    [property: Id(6)] string? SourceAddress,
    [property: Id(7)] string? UserAgent,
    [property: Id(8)][property: JsonConverter(typeof(RawJson))] string? Details,
    [property: Id(9)] string Writer,
    [property: Id(10)] long Chain,
    [property: Id(11)] long Sequence);

/// <summary>Who did what the audit log has.</summary>
/// <param name="Kind">One of <see cref="AuditActors"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AuditActor")]
public sealed record AuditActor([property: Id(0)] string Kind, [property: Id(1)] long? UserId = null, [property: Id(2)] string? ClientId = null)
{
    /// <summary>Who a call comes from.</summary>
    public static AuditActor Of(CallOrigin? origin) => origin switch
    {
        null => new(AuditActors.System),
        { UserId: { } user } => new(AuditActors.User, UserId: user),
        { ClientId: { } client } => new(AuditActors.Client, ClientId: client),
        _ => new(AuditActors.Anonymous),
    };
}

/// <summary>The kinds of those who do what the audit log has.</summary>
public static class AuditActors
{
    public const string User = "user";

    /// <summary>A machine client.</summary>
    public const string Client = "client";

    /// <summary>Somebody who did not have to say who it is, as at a login.</summary>
    public const string Anonymous = "anonymous";

    /// <summary>The system of its own accord.</summary>
    public const string System = "system";
}
