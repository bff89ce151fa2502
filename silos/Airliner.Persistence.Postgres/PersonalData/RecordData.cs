using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;
using Npgsql;

namespace Airliner.Persistence.Postgres.PersonalData;

/// <summary>A user's records in a table with <c>user_id</c>: exported as the wire shows them, and erased one by one by their grains.</summary>
/// <param name="view">A record as the wire shows it.</param>
public abstract class RecordData<TRecord>(string name, NpgsqlDataSource database, RecordTable<long, TRecord> table, Func<long, TRecord, object> view) : IPersonalDataSource
    where TRecord : Record
{
    public string Name => name;

    public async Task<JsonNode?> ExportAsync(long userId, CancellationToken cancellationToken)
    {
        var records = new JsonArray();
        await foreach (var record in Of(userId, cancellationToken))
            records.Add(JsonSerializer.SerializeToNode(view(record.Key, record.Record), AirlinerJson.Options));
        return records;
    }

    public virtual async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await Parallel.ForEachAsync(Of(userId, cancellationToken), PersonalDataSources.Bounded(cancellationToken), async (record, _) => await EraseRecordAsync(record.Key));
    }

    /// <summary>Has a record's grain take away what it holds.</summary>
    protected abstract Task EraseRecordAsync(long id);

    /// <summary>The user's records.</summary>
    protected virtual RecordList ListOf(long userId) => new RecordList().Where("user_id = @", (long?)userId);

    private IAsyncEnumerable<StoredRecord<long, TRecord>> Of(long userId, CancellationToken cancellationToken) =>
        ListOf(userId).ReadAllAsync(database, table, cancellationToken);
}
