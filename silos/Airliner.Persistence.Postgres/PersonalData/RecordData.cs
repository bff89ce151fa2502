using System.Globalization;
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

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        long? before = after is null ? null : long.Parse(after, CultureInfo.InvariantCulture);
        var page = await ListOf(userId).ReadAsync(database, table, new PageRequest(PageRequest.MaxLimit, before, 0), LengthOf, cancellationToken);
        var records = page.Rows.Select(record => JsonSerializer.SerializeToNode(view(record.Key, record.Record), AirlinerJson.Options));
        return new(new JsonArray([.. records]), page.HasMore ? page.Rows[^1].Key.ToString(CultureInfo.InvariantCulture) : null);
    }

    public virtual async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await Parallel.ForEachAsync(Of(userId, cancellationToken), PersonalDataSources.Bounded(cancellationToken), async (record, _) => await EraseRecordAsync(record.Key));
    }

    /// <summary>Has a record's grain take away what it holds.</summary>
    protected abstract Task EraseRecordAsync(long id);

    /// <summary>About how many characters a record has, where some may have many.</summary>
    protected virtual long LengthOf(TRecord record) => 0;

    /// <summary>The user's records.</summary>
    protected virtual RecordList ListOf(long userId) => new RecordList().Where("user_id = @", (long?)userId);

    private IAsyncEnumerable<StoredRecord<long, TRecord>> Of(long userId, CancellationToken cancellationToken) =>
        ListOf(userId).ReadAllAsync(database, table, cancellationToken);
}
