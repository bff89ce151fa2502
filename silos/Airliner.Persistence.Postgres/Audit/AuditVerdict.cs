namespace Airliner.Persistence.Postgres.Audit;

/// <summary>What a verification of an audit log found.</summary>
/// <param name="Rows">Entries that were read.</param>
/// <param name="Chains">Chains that they are of.</param>
/// <param name="Flaw">The first thing that is not as it was written; null where everything is.</param>
/// <param name="Heads">Where each chain stands, for a later comparison.</param>
public sealed record AuditVerdict(long Rows, int Chains, string? Flaw, IReadOnlyList<AuditHead> Heads)
{
    public bool IsWhole => Flaw is null;
}

/// <summary>Where a chain stood at some time.</summary>
/// <param name="Sequence">Of its last row.</param>
/// <param name="Mac">Of its last row, in hex.</param>
public sealed record AuditHead(long Chain, long Sequence, string Mac);
