using Npgsql;

namespace Airliner.Benchmark.Load;

/// <summary>The table of notifications, beside the silo that writes it.</summary>
internal sealed class NotificationRows(string database) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(database);

    /// <summary>Keeps every insert waiting until the transaction that is answered ends.</summary>
    public async Task<NpgsqlTransaction> HoldAsync(CancellationToken cancellation)
    {
        var transaction = await (await _database.OpenConnectionAsync(cancellation)).BeginTransactionAsync(cancellation);
        await using var hold = new NpgsqlCommand("lock table notifications in share row exclusive mode", transaction.Connection, transaction);
        await hold.ExecuteNonQueryAsync(cancellation);
        return transaction;
    }

    /// <summary>Ends the wait of those who insert.</summary>
    public static async Task ReleaseAsync(NpgsqlTransaction hold)
    {
        await using var connection = hold.Connection;
        await hold.CommitAsync();
    }

    /// <summary>How many notifications there are of these events.</summary>
    public async Task<long> CountAsync(string[] events, CancellationToken cancellation)
    {
        await using var command = Of("count(*)", events);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The events by their mails' names: <c>notification-&lt;id&gt;</c>.</summary>
    public async Task<Dictionary<string, string>> EventsByMailAsync(string[] events, CancellationToken cancellation)
    {
        await using var command = Of("'notification-' || id, event_id", events);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellation))
            found[reader.GetString(0)] = reader.GetString(1);
        return found;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private NpgsqlCommand Of(string what, string[] events)
    {
        var command = _database.CreateCommand($"select {what} from notifications where event_id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = events });
        return command;
    }
}
