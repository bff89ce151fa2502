using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Records;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>An entry with what its call tells of who made it. Made while the grain's turn runs, which the call belongs to.</summary>
internal sealed record AuditDraft(AuditEntry Entry, CallOrigin? Origin)
{
    /// <summary>Who has the key of addresses that belong to no user, such as machine clients'.</summary>
    public const long Nobody = 0;

    /// <summary>Whose key the address is sealed with: it is the actor's, and where that is no user, most likely that of whom it happened to.</summary>
    public long? KeyOwner => Origin is null ? null : Origin.UserId ?? Entry.UserId ?? Nobody;

    /// <summary>What a record's commit is to leave in the audit log.</summary>
    public static IReadOnlyList<AuditDraft> Of(Record record)
    {
        // Most records have none, and are written by the thousand.
        List<AuditDraft>? drafts = null;
        foreach (var raised in record.Raised)
        {
            if (raised is IAudited audited)
                (drafts ??= []).Add(new(audited.ToAudit(), CallOrigin.Current));
        }

        foreach (var entry in record.Audited)
            (drafts ??= []).Add(new(entry, CallOrigin.Current));
        return drafts ?? (IReadOnlyList<AuditDraft>)[];
    }

    /// <summary>The row, sealed and signed.</summary>
    /// <param name="key">The key owner's, null where that user is erased.</param>
    public AuditRow Sign(AuditSecrets secrets, byte[]? key, long chain, long sequence, byte[] previousMac)
    {
        var actor = AuditActor.Of(Origin);
        var row = new AuditRow
        {
            Chain = chain,
            Sequence = sequence,
            At = Entry.At.ToUniversalTime().ToMicroseconds(),
            Action = Entry.Action,
            Actor = actor.Kind,
            ActorUserId = actor.UserId,
            ActorClientId = actor.ClientId,
            UserId = Entry.UserId,
            ClientId = Entry.ClientId,
            KeyUserId = KeyOwner,
            Origin = Origin is null || key is null ? null : AuditOrigin.Seal(key, KeyOwner!.Value, Origin),
            Details = Entry.Details is { } details ? JsonSerializer.Serialize(details, AirlinerJson.Options) : null,
        };
        return row with { Mac = AuditMac.OfRow(secrets.Chain, row, previousMac) };
    }
}
