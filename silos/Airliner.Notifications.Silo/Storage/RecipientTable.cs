using System.Collections.Immutable;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.Records;
using Airliner.Notifications.Grains.Recipients;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>How a recipient is kept as a row, and read where many are wanted at once.</summary>
internal static class RecipientTable
{
    public static RecordTable<long, RecipientState> Table { get; } = new(
        RecipientState.Table,
        [
            Column.Json<RecipientState>("preferences", recipient => JsonSerializer.Serialize(recipient.Preferences, AirlinerJson.Options)),
            Column.Json<RecipientState>("digests", recipient => JsonSerializer.Serialize(recipient.Digests, AirlinerJson.Options)),
            Column.Of<RecipientState, DateTimeOffset>("updated_at", recipient => recipient.UpdatedAt),
        ],
        row => new RecipientState
        {
            Preferences = JsonSerializer.Deserialize<NotificationPreferences>(row.Next<string>(), AirlinerJson.Options)!,
            Digests = JsonSerializer.Deserialize<ImmutableDictionary<string, OpenDigest>>(row.Next<string>(), AirlinerJson.Options)!,
            UpdatedAt = row.Next<DateTimeOffset>(),
        });

    /// <summary>The preferences of those of the users who have set some, in one query.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    public static Task<IReadOnlyDictionary<long, NotificationPreferences>> FindPreferencesAsync(
        NpgsqlDataSource database, IEnumerable<long> userIds, CancellationToken cancellationToken) =>
        DatabaseQuestions.AskAsync<IReadOnlyDictionary<long, NotificationPreferences>>(Table.Name, async () =>
        {
            await using var command = database.CreateCommand($"select {Table.SelectList} from {Table.Name} where id = any($1)");
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. userIds.Distinct()] });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var found = new Dictionary<long, NotificationPreferences>();
            while (await reader.ReadAsync(cancellationToken))
            {
                var row = Table.Read(reader);
                found.Add(row.Key, row.Record.Preferences);
            }

            return found;
        });
}
