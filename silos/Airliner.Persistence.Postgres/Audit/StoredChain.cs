using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>A chain as its own row has it: where it stands, and how far it was swept.</summary>
internal sealed record StoredChain(ChainHead Head, byte[] HeadMac, long SweptSequence, byte[] SweptMac, byte[] AnchorMac)
{
    /// <summary>The number of the row that says how many of the lowest chains were swept whole.</summary>
    private const long Anchor = 0;

    /// <summary>Reads all, and checks what can be checked without their rows.</summary>
    /// <returns>The chains by number, and what is wrong with them, if anything is.</returns>
    public static async Task<(SortedDictionary<long, StoredChain> Chains, long Swept, string? Flaw)> ReadAllAsync(
        NpgsqlConnection connection, AuditSecrets secrets, CancellationToken cancellationToken)
    {
        var chains = new SortedDictionary<long, StoredChain>();
        long swept = 0;
        string? flaw = null;
        await using var command = new NpgsqlCommand(
            "select id, writer, sequence, mac, head_mac, swept_sequence, swept_mac, anchor_mac from audit_chains order by id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var chain = new StoredChain(
                new ChainHead(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), (byte[])reader[3]), (byte[])reader[4], reader.GetInt64(5), (byte[])reader[6], (byte[])reader[7]);
            if (chain.Head.Chain == Anchor)
                swept = chain.Head.Sequence;
            flaw ??= chain.Flaw(secrets, expected: swept + chains.Count + 1);
            if (chain.Head.Chain != Anchor)
                chains.Add(chain.Head.Chain, chain);
        }

        return (chains, swept, flaw);
    }

    private string? Flaw(AuditSecrets secrets, long expected) => Head.Chain switch
    {
        Anchor => AuditMac.Equal(AnchorMac, AuditMac.OfSwept(secrets.Chain, Anchor, Head.Sequence, [])) ? null : "the mark of the chains that were swept is changed",
        var id when id != expected => id > expected ? $"chain {expected} is missing" : $"chain {id} is added",
        var id when !AuditMac.Equal(HeadMac, AuditMac.OfHead(secrets.Chain, Head)) => $"the head of chain {id} is changed",
        var id when !AuditMac.Equal(AnchorMac, AuditMac.OfSwept(secrets.Chain, id, SweptSequence, SweptMac)) => $"the mark of what was swept of chain {id} is changed",
        _ => null,
    };
}
