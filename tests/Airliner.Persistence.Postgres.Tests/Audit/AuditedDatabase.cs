using Airliner.Contracts.Audit;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Audit;
using Airliner.Persistence.Postgres.Records;
using Airliner.Persistence.Postgres.Schema;
using Airliner.Persistence.Postgres.Tests.Records;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Airliner.Persistence.Postgres.Tests.Audit;

/// <summary>A fresh database with the sample tables and an audit log, whose silos audit what samples are counted.</summary>
internal sealed class AuditedDatabase : IAsyncDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly List<IAsyncDisposable> _opened = [];

    private AuditedDatabase(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public AuditSecrets Secrets { get; } = AuditSecrets.Of("sample", purpose => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(purpose)));

    public FixedTime Time { get; } = new(Now);

    public NpgsqlDataSource Source => field ??= Opened(RecordsModule.DataSource(ConnectionString));

    /// <summary>A log that is only read.</summary>
    public AuditLog Log => field ??= new AuditLog("reader", Source, Secrets, Time);

    public static async Task<AuditedDatabase> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync("audited samples", async empty =>
    {
        await Migrations.ApplyAsync(empty, MigrationSource.Outbox, MigrationSource.Audit);
        await using var made = new AuditedDatabase(empty);
        await made.ExecuteAsync(Sample.Sql);
    }));

    /// <summary>A silo's store of samples, and its log.</summary>
    public AuditedSilo StartSilo(string owner = "silo-1", string? connectionString = null)
    {
        var database = Opened(RecordsModule.DataSource(connectionString ?? ConnectionString));
        var log = new AuditLog(owner, database, Secrets, Time);
        var samples = Opened(new RecordStorage<long, Sample>(Sample.Table, database, new RecordingRelay(owner), new RecordOptions(), log.ChainOf("samples")));
        samples.Start();
        return new AuditedSilo(samples, log);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Changes what nobody may change, as one with all rights on the database can.</summary>
    public Task TamperAsync(string sql) => ExecuteAsync($"set session_replication_role = replica; {sql}; set session_replication_role = origin");

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public Task<AuditVerdict> VerifyAsync(params AuditHead[] noted) => new AuditVerifier(Secrets).VerifyAsync(Source, noted);

    /// <summary>The entries of the log, oldest first.</summary>
    public async Task<IReadOnlyList<AuditView>> EntriesAsync() => [.. (await Log.ListAsync(null, new(200, null, 0))).Items.Reverse()];

    public AuditSweep Sweep(TimeSpan keptFor) => new(Source, Secrets, new AuditOptions { KeptFor = keptFor }, Time, NullLogger<AuditSweep>.Instance);

    public async ValueTask DisposeAsync()
    {
        _opened.Reverse();
        foreach (var opened in _opened)
            await opened.DisposeAsync();
    }

    private T Opened<T>(T opened)
        where T : IAsyncDisposable
    {
        _opened.Add(opened);
        return opened;
    }
}

/// <summary>A silo that audits.</summary>
internal sealed record AuditedSilo(RecordStorage<long, Sample> Samples, AuditLog Log)
{
    /// <summary>Sample <paramref name="id"/> as an activation in this silo holds it; not read yet.</summary>
    public Entity<long, Sample> Of(long id) => new(Samples, GrainId.Create(GrainType.Create("sample"), GrainIdKeyExtensions.CreateIntegerKey(id)));

    /// <summary>Makes samples one after the other, each with an entry of its own.</summary>
    public async Task WriteAsync(long first, int count, DateTimeOffset? at = null)
    {
        for (var id = first; id < first + count; id++)
            await Of(id).WriteAsync(Counted(id, at));
    }

    /// <summary>A new sample, and the entry that says so.</summary>
    public static Sample Counted(long id, DateTimeOffset? at = null) =>
        new Sample { Name = $"n{id}" }.Audit(new AuditEntry("sample_counted", at ?? AuditedDatabase.Now, UserId: id, Details: new { Sample = id }));
}

/// <summary>A clock that is set by hand.</summary>
internal sealed class FixedTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
