using Airliner.Embedded;
using Airliner.Testing;
using Npgsql;

namespace Airliner.Benchmark.Processes;

/// <summary>
/// What both sides stand on: one Postgres with the settings that the embedded system has, so with fsync on, a broker, and a mail server. Everything is in one temporary
/// folder, which goes at the end.
/// </summary>
internal sealed class Environs : IAsyncDisposable
{
    private readonly EmbeddedPostgres _postgres;
    private readonly HashSet<string> _databases = [];

    private Environs(string folder, EmbeddedPostgres postgres, KafkaBroker kafka) => (Folder, _postgres, Kafka) = (folder, postgres, kafka);

    public string Folder { get; }

    public KafkaBroker Kafka { get; }

    public SmtpSink Mails { get; } = new();

    public static async Task<Environs> StartAsync(CancellationToken cancellation)
    {
        // In the temporary folder itself: PostgreSQL may run as another user, who has to get there.
        var folder = Path.Combine(Path.GetTempPath(), $"airliner-bench-{Guid.NewGuid():n}");
        Directory.CreateDirectory(folder);
        EmbeddedPostgres? postgres = null;
        try
        {
            postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataFolder = $"{folder}-postgres" }, cancellationToken: cancellation);
            return new(folder, postgres, await KafkaBroker.StartAsync(folder));
        }
        catch
        {
            await RemoveAsync(folder, postgres);
            throw;
        }
    }

    public async Task<string> CreateDatabaseAsync(string name)
    {
        var database = await _postgres.CreateDatabaseAsync(name);
        _databases.Add(database);
        return database;
    }

    /// <summary>Brings the planner's statistics up to date, as the autovacuum of a database that has run for a while has.</summary>
    public async Task AnalyzeAsync()
    {
        foreach (var database in _databases)
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync();
            await using var analyze = new NpgsqlCommand("analyze", connection);
            await analyze.ExecuteNonQueryAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Mails.DisposeAsync();
        await Kafka.DisposeAsync();
        await RemoveAsync(Folder, _postgres);
    }

    private static async Task RemoveAsync(string folder, EmbeddedPostgres? postgres)
    {
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
            postgres.DeleteData();
        }

        Directory.Delete(folder, recursive: true);
    }
}
