using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Lifecycle;

/// <summary>
/// Tells waiting tasks that it is too late for them to start, also where nobody takes their type. Each decides for itself, so silos that sweep at the same time
/// do no harm.
/// </summary>
internal sealed partial class ExpiredTaskSweep(
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains, TimeProvider time, ILogger<ExpiredTaskSweep> log)
    : PeriodicSweep(TimeSpan.FromSeconds(1), time, log)
{
    private const int MostAtOnce = 100;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var told = 0;
        // On from the last one told, whether it listened or not, so that one that cannot does not keep the others waiting.
        for (List<(DateTimeOffset At, long Id)> some = [(DateTimeOffset.UnixEpoch, 0)]; ;)
        {
            some = await FindAsync(now, some[^1], cancellationToken);
            told += some.Count;
            await Task.WhenAll(some.Select(expired => TellAsync(expired.Id)));
            if (some.Count < MostAtOnce)
                return told;
        }
    }

    private async Task<List<(DateTimeOffset At, long Id)>> FindAsync(DateTimeOffset now, (DateTimeOffset At, long Id) after, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select expires_at, id from tasks where status = 'pending' and expires_at <= $1 and (expires_at, id) > ($2, $3) order by expires_at, id limit $4");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = after.At });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after.Id });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(DateTimeOffset, long)>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add((reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt64(1)));
        return found;
    }

    private async Task TellAsync(long taskId)
    {
        try
        {
            await grains.GetGrain<ITaskGrain>(taskId).Expire();
        }
        catch (Exception error)
        {
            // The next sweep finds it again.
            LogNotExpired(log, error, taskId);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Task {TaskId} is too late to start, and could not be told so yet")]
    private static partial void LogNotExpired(ILogger log, Exception error, long taskId);
}
