using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.Audit;

/// <summary>The users' keys, each made when the user's first address is to be sealed. One that was destroyed is never made anew.</summary>
/// <param name="secret">What they are sealed with themselves.</param>
internal sealed class AuditKeys(byte[] secret)
{
    /// <summary>Keys in memory at most; beyond it all are read again.</summary>
    private const int MostKnown = 10_000;

    /// <summary>Another silo's erasure is noticed after this at the latest; what was sealed until then cannot be opened either.</summary>
    private static readonly TimeSpan _known = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<long, (byte[]? Key, long Since)> _keys = new();

    /// <summary>The keys of those whose addresses are to be sealed; null for a user who is erased.</summary>
    /// <exception cref="StorageUnavailableException">A key was sealed under another server key.</exception>
    public async Task<IReadOnlyDictionary<long, byte[]?>> OfAsync(NpgsqlConnection connection, IEnumerable<AuditDraft> drafts)
    {
        var owners = drafts.Select(draft => draft.KeyOwner).OfType<long>().ToHashSet();
        var found = new Dictionary<long, byte[]?>(owners.Count);
        foreach (var owner in owners)
        {
            if (_keys.TryGetValue(owner, out var known) && Stopwatch.GetElapsedTime(known.Since) < _known)
                found[owner] = known.Key;
        }

        // In one order, so that two who make the same ones do not wait for one another.
        long[] missing = [.. owners.Where(owner => !found.ContainsKey(owner)).Order()];
        if (missing.Length == 0)
            return found;
        if (_keys.Count + missing.Length > MostKnown)
            _keys.Clear();
        foreach (var (owner, key) in await ReadOrMakeAsync(connection, missing))
        {
            found[owner] = key;
            _keys[owner] = (key, Stopwatch.GetTimestamp());
        }

        return found;
    }

    /// <summary>The key as it was made; null where it is destroyed, or was sealed under another server key.</summary>
    public byte[]? Open(long userId, byte[]? sealedKey) => sealedKey is null ? null : SealedBytes.Open(secret, sealedKey, Subject(userId));

    /// <summary>Destroys a user's key for good.</summary>
    public async Task DestroyAsync(NpgsqlDataSource database, long userId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "insert into audit_keys (user_id, key, made_at) values ($1, null, now()) on conflict (user_id) do update set key = null");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        await command.ExecuteNonQueryAsync(cancellationToken);
        _keys[userId] = (null, Stopwatch.GetTimestamp());
    }

    private async Task<List<(long Owner, byte[]? Key)>> ReadOrMakeAsync(NpgsqlConnection connection, long[] owners)
    {
        await using var batch = new NpgsqlBatch(connection);
        // One that is read is as good as made now, to the hour: what a silo may have in memory is not swept away.
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "insert into audit_keys (user_id, key, made_at) select id, key, now() from unnest($1, $2) as made (id, key) on conflict (user_id) do update set made_at = now() where audit_keys.made_at < now() - interval '1 hour'")
        {
            Parameters =
            {
                new NpgsqlParameter<long[]> { TypedValue = owners },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. owners.Select(owner => SealedBytes.Seal(secret, RandomNumberGenerator.GetBytes(32), Subject(owner)))] },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select user_id, key from audit_keys where user_id = any($1)")
        {
            Parameters = { new NpgsqlParameter<long[]> { TypedValue = owners } },
        });
        await using var reader = await batch.ExecuteReaderAsync();
        var keys = new List<(long, byte[]?)>(owners.Length);
        while (await reader.ReadAsync())
        {
            var (owner, sealedKey) = (reader.GetInt64(0), await reader.IsDBNullAsync(1) ? null : await reader.GetFieldValueAsync<byte[]>(1));
            var key = Open(owner, sealedKey);
            if (key is null && sealedKey is not null)
                throw new StorageUnavailableException($"The audit key of user {owner} cannot be opened: it was stored under another AIRLINER_SERVER_KEY. Give the silo that one again.");
            keys.Add((owner, key));
        }

        return keys;
    }

    private static string Subject(long userId) => string.Create(CultureInfo.InvariantCulture, $"audit key {userId}");
}
