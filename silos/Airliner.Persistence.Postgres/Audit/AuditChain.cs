using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>
/// One writer's part of a service's audit log: the rows that a silo writes by one way, each signed together with the one before. A commit has its place in the chain
/// when it is known what it wrote, and the chain goes on from there once the commit is known to be durable; where its fate is not known, another chain begins.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
public sealed class AuditChain
{
    private readonly string _writer;
    private readonly AuditSecrets _secrets;
    private readonly AuditKeys _keys;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1);
    private ChainHead? _head;

    internal AuditChain(string writer, AuditSecrets secrets, AuditKeys keys, TimeProvider time) =>
        (_writer, _secrets, _keys, _time) = (writer, secrets, keys, time);

    /// <summary>Makes a change and writes its entries, in one transaction.</summary>
    /// <param name="drafts">All entries that there may be.</param>
    /// <param name="happened">Those of what the change did, in order.</param>
    internal async Task<T> CommitAsync<T>(
        NpgsqlConnection connection, IReadOnlyList<AuditDraft> drafts, Func<Task<T>> change, Func<T, IReadOnlyList<AuditDraft>> happened)
    {
        var keys = await _keys.OfAsync(connection, drafts);
        await _turn.WaitAsync();
        try
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var result = await change();
            var entries = happened(result);
            // Where this fails, or its answer is lost, the next commit finds no head to go on from, and begins another chain.
            (var left, _head) = (_head, null);
            var head = entries.Count == 0 ? left : await AppendAsync(connection, left, entries, keys);
            await transaction.CommitAsync();
            _head = head;
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<ChainHead> AppendAsync(
        NpgsqlConnection connection, ChainHead? left, IReadOnlyList<AuditDraft> entries, IReadOnlyDictionary<long, byte[]?> keys)
    {
        // A head that is not where it was left has been tampered with, or comes from a backup: that chain is left as it is.
        if (left is not null && await TryAppendAsync(connection, left, entries, keys) is { } next)
            return next;
        return await TryAppendAsync(connection, await BeginAsync(connection), entries, keys)
            ?? throw new InvalidOperationException("The audit chain that was just begun is gone.");
    }

    private async Task<ChainHead?> TryAppendAsync(
        NpgsqlConnection connection, ChainHead from, IReadOnlyList<AuditDraft> entries, IReadOnlyDictionary<long, byte[]?> keys)
    {
        var rows = new List<AuditRow>(entries.Count);
        var to = from;
        foreach (var entry in entries)
        {
            var key = entry.KeyOwner is { } owner ? keys[owner] : null;
            var row = entry.Sign(_secrets, key, from.Chain, to.Sequence + 1, to.Mac);
            rows.Add(row);
            to = to with { Sequence = row.Sequence, Mac = row.Mac };
        }

        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { AuditTable.Append(from, to, AuditMac.OfHead(_secrets.Chain, to), rows) } };
        await batch.PrepareAsync();
        return await batch.ExecuteNonQueryAsync() > 0 ? to : null;
    }

    /// <summary>Begins the next chain: numbers have no gap, since a chain that is missing must be noticed.</summary>
    private async Task<ChainHead> BeginAsync(NpgsqlConnection connection)
    {
        // By itself, so that the next statement sees what was committed while this one waited.
        await using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('airliner.audit_chains', 0))", connection))
            await turn.ExecuteNonQueryAsync();
        await using var next = new NpgsqlCommand(
            "select greatest(max(id), max(sequence) filter (where id = 0), 0) + 1 from audit_chains", connection);
        var chain = (long)(await next.ExecuteScalarAsync())!;
        var head = new ChainHead(chain, _writer, 0, AuditMac.OfStart(_secrets.Chain, chain, _writer));
        await using var insert = new NpgsqlCommand(
            """
            insert into audit_chains (id, writer, began_at, sequence, mac, head_mac, swept_sequence, swept_mac, anchor_mac)
            values ($1, $2, $3, 0, $4, $5, 0, $4, $6)
            """,
            connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = chain },
                new NpgsqlParameter<string> { TypedValue = _writer },
                new NpgsqlParameter<DateTimeOffset> { TypedValue = _time.GetUtcNow() },
                new NpgsqlParameter<byte[]> { TypedValue = head.Mac },
                new NpgsqlParameter<byte[]> { TypedValue = AuditMac.OfHead(_secrets.Chain, head) },
                new NpgsqlParameter<byte[]> { TypedValue = AuditMac.OfSwept(_secrets.Chain, chain, 0, head.Mac) },
            },
        };
        await insert.ExecuteNonQueryAsync();
        return head;
    }
}
