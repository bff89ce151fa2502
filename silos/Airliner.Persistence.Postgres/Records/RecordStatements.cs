using System.Globalization;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>The statements that write and read many records of one table at once.</summary>
internal sealed class RecordStatements<TKey, TRecord>
    where TKey : notnull
    where TRecord : Record
{
    private readonly RecordTable<TKey, TRecord> _table;
    private readonly string _write;
    private readonly string _insertNew;
    private readonly string _read;
    private readonly string _delete;

    public RecordStatements(RecordTable<TKey, TRecord> table)
    {
        _table = table;
        _write = WriteSql(onConflict: "");
        _insertNew = WriteSql(onConflict: "on conflict do nothing");
        _read = $"select {table.SelectList} from {table.Name} where id = any($1)";
        _delete = $"delete from {table.Name} where id = $1 and version = $2";
    }

    /// <summary>Writes each record whose row has the expected version (0: none yet), with its events.</summary>
    public NpgsqlBatchCommand Write(IReadOnlyList<PendingWrite<TKey, TRecord>> writes, string owner) => Fill(_write, writes, owner);

    /// <summary>Inserts the records that violate no unique index, with their events, and passes over the others.</summary>
    public NpgsqlBatchCommand InsertNew(IReadOnlyList<PendingWrite<TKey, TRecord>> writes, string owner) => Fill(_insertNew, writes, owner);

    /// <summary>
    /// Has what follows in the batch planned once for each connection, and never as a scan of the table: a plan that is made for each list of keys costs more than
    /// the read, and one that is kept from when the table was empty would read the whole of it. It ends with the batch, which is one transaction.
    /// </summary>
    public static NpgsqlBatchCommand PlannedOnce() =>
        new("select set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)");

    public NpgsqlBatchCommand Read(TKey[] keys) => new(_read) { Parameters = { Keys(keys) } };

    /// <summary>
    /// Events of these entities that another silo left, which become this one's, and own ones of <paramref name="doubtful"/> that are there. Run after
    /// <see cref="Read"/>: an event committed between the two is then read with none, and never missed.
    /// </summary>
    /// <remarks>The statement sees the rows as they were before it claims them.</remarks>
    public NpgsqlBatchCommand LeftEvents(IEnumerable<TKey> keys, string owner, Guid[] doubtful, IEnumerable<TKey> unsure) =>
        new($"""
            with claimed as (update outbox set owner = $2 where subject = any($1) and owner <> $2)
            select {OutboxTable.Columns} from outbox
            where subject = any($1) and (owner <> $2 or event_id = any($3) or subject = any($4)) order by subject, sequence
            """)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(_table.Subject)] },
                new NpgsqlParameter<string> { TypedValue = owner },
                new NpgsqlParameter<Guid[]> { TypedValue = doubtful },
                new NpgsqlParameter<string[]> { TypedValue = [.. unsure.Select(_table.Subject)] },
            },
        };

    public NpgsqlBatchCommand Delete(TKey key, long version) => new(_delete)
    {
        Parameters = { new NpgsqlParameter<TKey> { TypedValue = key }, new NpgsqlParameter<long> { TypedValue = version } },
    };

    private static NpgsqlParameter<TKey[]> Keys(TKey[] keys) =>
        new() { TypedValue = keys, NpgsqlDbType = NpgsqlDbType.Array | RecordTable<TKey, TRecord>.KeyType };

    private NpgsqlBatchCommand Fill(string sql, IReadOnlyList<PendingWrite<TKey, TRecord>> writes, string owner)
    {
        var records = writes.Select(write => write.Record).ToArray();
        var events = writes.SelectMany(write => write.Events).ToArray();
        var command = new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                Keys([.. writes.Select(write => write.Key)]),
                new NpgsqlParameter<long[]> { TypedValue = [.. writes.Select(write => write.ExpectedVersion)] },
                new NpgsqlParameter<long[]> { TypedValue = [.. writes.Select(write => write.Record.EventSequence + write.Events.Count)] },
            },
        };
        foreach (var column in _table.Columns)
            command.Parameters.Add(column.ToParameter(records));
        command.Parameters.Add(Keys([.. writes.SelectMany(write => Enumerable.Repeat(write.Key, write.Events.Count))]));
        foreach (var parameter in OutboxTable.Parameters(events))
            command.Parameters.Add(parameter);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        return command;
    }

    /// <remarks>
    /// An update is written as an upsert: <c>update … from unnest</c>, prepared while the table is empty, keeps a plan with a sequential scan.
    /// The row is locked first, since an upsert alone would bring back one that was deleted in between.
    /// </remarks>
    private string WriteSql(string onConflict)
    {
        var names = _table.Columns.Select(column => column.Name).ToArray();
        var all = string.Join(", ", names.Prepend("event_sequence"));
        var key = RecordTable<TKey, TRecord>.KeyType == NpgsqlDbType.Text ? "text[]" : "bigint[]";
        var next = 4;
        var arrays = string.Join(", ", _table.Columns.Select(column => string.Create(CultureInfo.InvariantCulture, $"${next++}::{ArrayOf(column.Type)}")));
        var events = $"${next++}::{key}, " + string.Join(", ", OutboxTable.ArrayTypes.Select(type => string.Create(CultureInfo.InvariantCulture, $"${next++}::{type}")));
        var assignments = string.Join(", ", names.Prepend("event_sequence").Prepend("version").Select(name => $"{name} = excluded.{name}"));
        return $"""
            with input as (
                select * from unnest($1::{key}, $2::bigint[], $3::bigint[], {arrays}) as t (id, expected, {all})
            ), inserted as (
                insert into {_table.Name} (id, version, {all})
                select id, 1, {all} from input where expected = 0 {onConflict}
                returning id
            ), updated as (
                insert into {_table.Name} as old (id, version, {all})
                select id, expected + 1, {all}
                from input cross join lateral (
                    select from {_table.Name} as present
                    where present.id = input.id and present.version = input.expected for no key update
                ) as locked
                where expected > 0
                on conflict (id) do update set {assignments} where old.version = excluded.version - 1
                returning id
            ), written as (
                select id from inserted union all select id from updated
            ), raised as (
                select * from unnest({events}) as e (id, {OutboxTable.Columns}) join written using (id)
            ), published as (
                insert into outbox ({OutboxTable.Columns}, owner) select {OutboxTable.Columns}, ${next} from raised
            ){HistorySql()}
            select id from written
            """;
    }

    private string HistorySql() => _table.History is not { } history ? "" : $"""
        , kept as (
            insert into {history} (id, sequence, event) select id, sequence, convert_from(payload, 'UTF8')::json from raised
        )
        """;

    private static string ArrayOf(NpgsqlDbType type) => type switch
    {
        NpgsqlDbType.Double => "double precision[]",
        NpgsqlDbType.TimestampTz => "timestamptz[]",
        _ => $"{type.ToString().ToLowerInvariant()}[]",
    };
}
