using System.Data;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>
/// Reads a whole audit log, as it stands at one moment, and checks that every row is the one that was written, that none is missing and none was put in.
/// </summary>
/// <remarks>
/// What the database alone cannot show is that all of it, heads and all, was put back to what it was before: heads that were noted elsewhere show that.
/// </remarks>
public sealed class AuditVerifier(AuditSecrets secrets)
{
    /// <param name="noted">Heads of an earlier verification, from which the log may only have grown.</param>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<AuditVerdict> VerifyAsync(NpgsqlDataSource database, IReadOnlyList<AuditHead> noted, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        ArgumentNullException.ThrowIfNull(noted);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // Writers go on meanwhile, and what they write is not seen.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var (chains, swept, flaw) = await StoredChain.ReadAllAsync(connection, secrets, cancellationToken);
        flaw ??= noted.Select(head => NotReached(head, chains, swept)).FirstOrDefault(missing => missing is not null);
        var (rows, flawOfRows) = flaw is null ? await CheckRowsAsync(connection, chains, noted, cancellationToken) : (0, null);
        return new(rows, chains.Count, flaw ?? flawOfRows, [.. chains.Values.Select(chain => chain.Head.Noted)]);
    }

    private static string? NotReached(AuditHead head, SortedDictionary<long, StoredChain> chains, long swept) =>
        head.Chain <= swept || (chains.TryGetValue(head.Chain, out var chain) && chain.Head.Sequence >= head.Sequence)
            ? null
            : $"chain {head.Chain} does not reach row {head.Sequence}, which was noted: the log was put back, or the note is of another one";

    private async Task<(long Rows, string? Flaw)> CheckRowsAsync(
        NpgsqlConnection connection, SortedDictionary<long, StoredChain> chains, IReadOnlyList<AuditHead> noted, CancellationToken cancellationToken)
    {
        var macs = noted.ToDictionary(head => (head.Chain, head.Sequence), head => head.Mac);
        var left = new Queue<StoredChain>(chains.Values);
        ChainCheck? check = null;
        long rows = 0, current = 0;
        // A log is as long as it is.
        await using var command = new NpgsqlCommand($"select id, chain, {AuditTable.Columns} from audit order by chain, sequence", connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (id, row) = (reader.GetInt64(0), AuditTable.Read(reader, 1));
            while (check is null || current < row.Chain)
            {
                if (check?.End() is { } missing)
                    return (rows, missing);
                if (!left.TryDequeue(out var next))
                    return (rows, $"entry {id} is added: there is no chain {row.Chain}");
                (check, current) = (new ChainCheck(secrets, next), next.Head.Chain);
            }

            if (current > row.Chain)
                return (rows, $"entry {id} is added: there is no chain {row.Chain}");
            if (check.Next(id, row) is { } flaw)
                return (rows, flaw);
            if (macs.TryGetValue((row.Chain, row.Sequence), out var mac) && mac != Convert.ToHexStringLower(row.Mac))
                return (rows, $"chain {row.Chain} has another row {row.Sequence} than was noted: the log was put back and went on");
            rows++;
        }

        var end = check?.End();
        while (end is null && left.TryDequeue(out var next))
            end = new ChainCheck(secrets, next).End();
        return (rows, end);
    }
}
