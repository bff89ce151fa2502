using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Push;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Push;

/// <summary>The table <c>push_subscriptions</c>. The keys are sealed, each bound to its subscription.</summary>
/// <param name="key">256 bits.</param>
internal sealed class PushSubscriptionTable(NpgsqlDataSource database, byte[] key) : IPushSubscriptions
{
    private const string Table = "push_subscriptions";
    private const int PointBytes = 65;

    public Task<IReadOnlyList<PushSubscriptionView>> ListAsync(long userId, CancellationToken cancellationToken = default) =>
        ReadAsync(
            userId,
            "id, endpoint, created_at",
            row => new PushSubscriptionView(row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2)),
            cancellationToken);

    public async Task<IReadOnlyList<PushTarget>> FindTargetsAsync(long userId, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(
            userId,
            "id, endpoint, keys",
            row =>
            {
                var (id, keys) = (row.GetString(0), row.GetFieldValue<byte[]>(2));
                return SealedBytes.Open(key, keys, id) is { } plain ? new PushTarget(id, row.GetString(1), plain[..PointBytes], plain[PointBytes..]) : null;
            },
            cancellationToken);
        // Subscriptions sealed under an earlier server key cannot be opened; ignore them while others can.
        List<PushTarget> targets = [.. found.OfType<PushTarget>()];
        return targets.Count > 0 || found.Count == 0
            ? targets
            : throw new RecipientUnreachableException("The user's push subscriptions were stored under another AIRLINER_SERVER_KEY.", mayBeTriedAgain: true);
    }

    public string IdOf(string endpoint) => PrefixedIds.PushSubscriptions.Of(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint)).AsSpan(0, PrefixedIds.Bytes));

    public Task<PushSubscriptionView?> SaveAsync(long userId, AddPushSubscription command, DateTimeOffset now) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        var id = IdOf(command.Endpoint);
        await using var save = database.CreateCommand(
            """
            insert into push_subscriptions as present (id, user_id, endpoint, keys, created_at) values ($1, $2, $3, $4, $5)
            on conflict (id) do update set user_id = excluded.user_id, keys = excluded.keys,
                created_at = case when present.user_id = excluded.user_id then present.created_at else excluded.created_at end
            returning created_at
            """);
        save.Parameters.Add(new NpgsqlParameter<string> { TypedValue = id });
        save.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        save.Parameters.Add(new NpgsqlParameter<string> { TypedValue = command.Endpoint });
        save.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = SealedBytes.Seal(key, [.. command.P256dh, .. command.Auth], id) });
        save.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        await using var reader = await save.ExecuteReaderAsync();
        // A user who was erased is passed over by the table.
        return await reader.ReadAsync() ? new PushSubscriptionView(id, command.Endpoint, reader.GetFieldValue<DateTimeOffset>(0)) : null;
    });

    public Task<bool> RemoveAsync(long userId, string subscriptionId, CancellationToken cancellationToken = default) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        await using var command = database.CreateCommand("delete from push_subscriptions where id = $1 and user_id = $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = subscriptionId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    });

    /// <summary>Removes all that a user has.</summary>
    public Task RemoveAllAsync(long userId, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync(Table, async () =>
    {
        await using var command = database.CreateCommand("delete from push_subscriptions where user_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });

    private Task<IReadOnlyList<T>> ReadAsync<T>(long userId, string columns, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        DatabaseQuestions.AskAsync<IReadOnlyList<T>>(Table, async () =>
        {
            await using var command = database.CreateCommand($"select {columns} from push_subscriptions where user_id = $1 order by created_at desc, id");
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(read(reader));
            return rows;
        });
}
