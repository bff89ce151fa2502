using System.Data;
using DbUp.Engine;
using Npgsql;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>
/// The table <c>schema_versions</c>: which step of which source was applied, with what contents. An entry is written in
/// the step's own transaction, so a step is applied and known to be, or neither.
/// </summary>
internal sealed class MigrationJournal : IJournal
{
    private readonly MigrationSource _source;
    private readonly Dictionary<string, MigrationScript> _scripts;

    private MigrationJournal(MigrationSource source, IReadOnlyList<MigrationScript> scripts, IReadOnlyDictionary<string, string> appliedHashes)
    {
        _source = source;
        _scripts = scripts.ToDictionary(script => script.Name);
        AppliedHashes = appliedHashes;
    }

    /// <summary>The contents' hash of every applied step, by the step's name.</summary>
    public IReadOnlyDictionary<string, string> AppliedHashes { get; }

    /// <summary>Creates the table where it is missing and reads the entries of one source.</summary>
    public static async Task<MigrationJournal> OpenAsync(
        NpgsqlConnection connection, MigrationSource source, IReadOnlyList<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        await using var create = new NpgsqlCommand(
            """
            create table if not exists schema_versions (
                source     text        not null,
                script     text        not null,
                hash       text        not null,
                applied_at timestamptz not null default now(),
                primary key (source, script)
            )
            """,
            connection);
        await create.ExecuteNonQueryAsync(cancellationToken);

        await using var select = new NpgsqlCommand("select script, hash from schema_versions where source = $1", connection)
        {
            Parameters = { new NpgsqlParameter { Value = source.Name } },
        };
        var applied = new Dictionary<string, string>();
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0), reader.GetString(1));

        return new MigrationJournal(source, scripts, applied);
    }

    string[] IJournal.GetExecutedScripts() => [.. AppliedHashes.Keys];

    void IJournal.StoreExecutedScript(SqlScript script, Func<IDbCommand> dbCommandFactory)
    {
        using var insert = dbCommandFactory();
        insert.CommandText = "insert into schema_versions (source, script, hash) values (@source, @script, @hash)";
        insert.Parameters.Add(new NpgsqlParameter("source", _source.Name));
        insert.Parameters.Add(new NpgsqlParameter("script", script.Name));
        insert.Parameters.Add(new NpgsqlParameter("hash", _scripts[script.Name].Hash));
        insert.ExecuteNonQuery();
    }

    // OpenAsync has done it, under the lock.
    void IJournal.EnsureTableExistsAndIsLatestVersion(Func<IDbCommand> dbCommandFactory)
    {
    }
}
