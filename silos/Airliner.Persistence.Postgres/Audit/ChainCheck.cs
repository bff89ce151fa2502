using System.Globalization;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>Goes along one chain, row by row, and tells the first one that is not as it was written. Pure.</summary>
internal sealed class ChainCheck(AuditSecrets secrets, StoredChain chain)
{
    private long _sequence = chain.SweptSequence;
    private byte[] _mac = chain.SweptMac;
    private long _id;

    private long Number => chain.Head.Chain;

    /// <summary>Checks the next row, in the order of sequences.</summary>
    /// <param name="id">Its number in the whole log.</param>
    /// <returns>What is wrong with it, null where nothing is.</returns>
    public string? Next(long id, AuditRow row)
    {
        if (row.Sequence <= chain.SweptSequence)
            return Say($"row {row.Sequence} (entry {id}) is added: it was swept");
        if (row.Sequence > chain.Head.Sequence)
            return Say($"row {row.Sequence} (entry {id}) is added: the chain ends at {chain.Head.Sequence}");
        if (row.Sequence != _sequence + 1)
            return Say(Missing(_sequence + 1, row.Sequence - 1));
        if (!AuditMac.Equal(row.Mac, AuditMac.OfRow(secrets.Chain, row, _mac)))
            return Say($"row {row.Sequence} (entry {id}) is changed");
        if (id <= _id)
            return Say($"row {row.Sequence} (entry {id}) is moved: it has a lower number than the row before");
        (_sequence, _mac, _id) = (row.Sequence, row.Mac, id);
        return null;
    }

    /// <summary>Checks that the last row was the chain's last.</summary>
    public string? End() =>
        _sequence < chain.Head.Sequence ? Say(Missing(_sequence + 1, chain.Head.Sequence))
        : AuditMac.Equal(_mac, chain.Head.Mac) ? null
        : Say($"row {_sequence} is changed: the head has another");

    private static string Missing(long first, long last) => first == last ? $"row {first} is missing" : $"rows {first} to {last} are missing";

    private string Say(string what) => string.Create(CultureInfo.InvariantCulture, $"chain {Number}, written by {chain.Head.Writer}: {what}");
}
