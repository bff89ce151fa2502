using Airliner.Contracts;
using Airliner.Contracts.Audit;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>The audit log of one service, as one of its silos writes and reads it.</summary>
/// <param name="silo">Who this silo is: its address and generation.</param>
public sealed class AuditLog(string silo, NpgsqlDataSource database, AuditSecrets secrets, TimeProvider time) : IAuditLog
{
    private const string Selected =
        $"id, (select writer from audit_chains where audit_chains.id = audit.chain), (select key from audit_keys where user_id = audit.key_user_id), chain, {AuditTable.Columns}";

    private readonly AuditKeys _keys = new(secrets.Keys);
    private AuditChain? _own;

    private AuditChain Own => LazyInitializer.EnsureInitialized(ref _own, () => ChainOf("changes"));

    /// <summary>A chain of this silo, for what is written by one way: a table's commits, or the changes that are made here.</summary>
    public AuditChain ChainOf(string way) => new($"{silo}/{way}", secrets, _keys, time);

    /// <inheritdoc/>
    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken = default) =>
        WriteAsync(new AuditDraft(entry, Origin: null), _ => Task.CompletedTask, cancellationToken);

    /// <summary>Makes a change that is no record's together with its entry, in the name of whom the running call comes from.</summary>
    /// <param name="change">Runs in the transaction of the connection.</param>
    /// <exception cref="StorageUnavailableException">The database does not answer. Whether it was carried out is not known.</exception>
    public Task WriteAsync(AuditEntry entry, Func<NpgsqlConnection, Task> change, CancellationToken cancellationToken = default) =>
        WriteAsync(new AuditDraft(entry, CallOrigin.Current), change, cancellationToken);

    /// <inheritdoc/>
    public async Task<Page<AuditView>> ListAsync(long? userId, PageRequest page, CancellationToken cancellationToken = default)
    {
        var entries = await About(userId).ReadAsync(database, "audit", Selected, Read, page, cancellationToken);
        return entries.Select(row => View(row, row.Origin));
    }

    /// <summary>The entries of what a user did and of what happened to the user, newest first; addresses are the user's own alone.</summary>
    internal async Task<IReadOnlyList<AuditView>> OfUserAsync(long userId, int most, CancellationToken cancellationToken)
    {
        var (rows, _, _, _) = await About(userId).ReadAsync(database, "audit", Selected, Read, new PageRequest(most, null, 0), cancellationToken);
        return [.. rows.Select(row => View(row, row.Row.KeyUserId == userId ? row.Origin : null))];
    }

    /// <summary>Destroys the key of a user's addresses: nobody can read them any more, and no row has changed.</summary>
    internal Task EraseAsync(long userId, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync("audit_keys", async () =>
    {
        await _keys.DestroyAsync(database, userId, cancellationToken);
        return true;
    });

    private static RecordList About(long? userId) => new RecordList().Where("@ in (user_id, actor_user_id)", userId);

    private Task WriteAsync(AuditDraft draft, Func<NpgsqlConnection, Task> change, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync("audit", async () =>
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await Own.CommitAsync(
            connection,
            [draft],
            async () =>
            {
                await change(connection);
                return true;
            },
            _ => [draft]);
    });

    private StoredEntry Read(NpgsqlDataReader reader)
    {
        var row = AuditTable.Read(reader, 3);
        var key = row.KeyUserId is { } owner && !reader.IsDBNull(2) ? _keys.Open(owner, reader.GetFieldValue<byte[]>(2)) : null;
        return new(reader.GetInt64(0), reader.IsDBNull(1) ? "" : reader.GetString(1), row, AuditOrigin.Open(key, row.KeyUserId ?? AuditDraft.Nobody, row.Origin));
    }

    private static AuditView View(StoredEntry entry, AuditOrigin? origin) => new(
        entry.Id,
        entry.Row.At,
        entry.Row.Action,
        new AuditActor(entry.Row.Actor, entry.Row.ActorUserId, entry.Row.ActorClientId),
        entry.Row.UserId,
        entry.Row.ClientId,
        origin?.SourceAddress,
        origin?.UserAgent,
        entry.Row.Details,
        entry.Writer,
        entry.Row.Chain,
        entry.Row.Sequence);

    private sealed record StoredEntry(long Id, string Writer, AuditRow Row, AuditOrigin? Origin);
}
