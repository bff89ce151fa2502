using System.Globalization;
using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Files;

/// <summary>
/// Deletes bytes that belong to no file: a gateway or silo was lost between the bytes and their row. What is younger than a day is left alone, since a file is made known as
/// soon as its upload has ended.
/// </summary>
internal sealed partial class OrphanSweep(
    IArtifactStore artifacts, [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, TimeProvider time, ILogger<OrphanSweep> log)
    : PeriodicSweep(TimeSpan.FromHours(6), time, log)
{
    private const int AskedAtOnce = 1000;

    private static readonly TimeSpan _youngest = TimeSpan.FromDays(1);

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var swept = 0;
        await foreach (var keys in artifacts.ListAsync(Time.GetUtcNow() - _youngest, cancellationToken).Chunk(AskedAtOnce).WithCancellation(cancellationToken))
        {
            foreach (var key in await OrphansAsync(keys, cancellationToken))
            {
                await artifacts.DeleteAsync(key, cancellationToken);
                swept++;
            }
        }

        if (swept > 0)
            LogSwept(swept);
        return swept;
    }

    /// <summary>Those of the keys that are a file's in form, and no file's.</summary>
    private async Task<IReadOnlyCollection<string>> OrphansAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var orphans = keys.Where(key => IdOf(key) is not null).ToHashSet(StringComparer.Ordinal);
        await using var command = database.CreateCommand("select id, user_id from files where id = any($1)");
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. orphans.Select(key => IdOf(key)!.Value)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            orphans.Remove(FileView.ArtifactKey(reader.GetInt64(1), reader.GetInt64(0)));
        return orphans;
    }

    /// <summary>The id of the file whose bytes a key names; null of another key, which somebody else may have put there.</summary>
    private static long? IdOf(string key) =>
        key.Split('/') is ["users", var user, var file]
        && long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var userId)
        && long.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out var fileId)
        && key == FileView.ArtifactKey(userId, fileId)
            ? fileId
            : null;

    [LoggerMessage(LogLevel.Information, "Deleted the bytes of {Count} files that are not there")]
    private partial void LogSwept(int count);
}
