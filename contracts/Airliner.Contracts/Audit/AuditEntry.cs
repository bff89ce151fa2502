namespace Airliner.Contracts.Audit;

/// <summary>What is to stand in the audit log of the change that it is committed with. Who did it, and from where, the call says itself.</summary>
/// <param name="Action">What happened: snake_case, in the past tense, and that of the event where one is raised.</param>
/// <param name="At">When, UTC.</param>
/// <param name="UserId">The user whom it happened to.</param>
/// <param name="ClientId">The machine client that it happened to.</param>
/// <param name="Details">More of it, as an object that becomes JSON: ids and names of members alone, no value of a person and no secret.</param>
public sealed record AuditEntry(string Action, DateTimeOffset At, long? UserId = null, string? ClientId = null, object? Details = null);

/// <summary>An event that stands in its service's audit log as well, written in the commit that raises it.</summary>
public interface IAudited
{
    /// <summary>The event as an entry.</summary>
    AuditEntry ToAudit();
}
