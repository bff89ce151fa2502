namespace Airliner.Persistence.Postgres.Audit;

/// <summary>A row of the audit log, as it is signed.</summary>
internal sealed record AuditRow
{
    public required long Chain { get; init; }

    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    public required string Actor { get; init; }

    public long? ActorUserId { get; init; }

    public string? ActorClientId { get; init; }

    public long? UserId { get; init; }

    public string? ClientId { get; init; }

    public long? KeyUserId { get; init; }

    public byte[]? Origin { get; init; }

    public string? Details { get; init; }

    public byte[] Mac { get; init; } = [];
}

/// <summary>Where a chain stands.</summary>
/// <param name="Mac">Of its last row.</param>
internal sealed record ChainHead(long Chain, string Writer, long Sequence, byte[] Mac)
{
    /// <summary>As it is noted elsewhere.</summary>
    public AuditHead Noted => new(Chain, Sequence, Convert.ToHexStringLower(Mac));
}
