using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Takes what has expired out of a table, some rows at a time. Each silo may sweep.</summary>
/// <param name="sql">Its <c>$1</c> is the time before which a row has expired, its <c>$2</c> how many rows at most.</param>
/// <param name="margin">How long a row has to have expired.</param>
public abstract partial class ExpirySweep(
    NpgsqlDataSource database, string sql, TimeSpan interval, TimeSpan margin, TimeProvider time, ILogger log) : BackgroundService
{
    private const int MostAtOnce = 1000;

    /// <summary>Sweeps all that has expired.</summary>
    /// <returns>How many rows those were.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow() - margin });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
            var swept = await command.ExecuteNonQueryAsync(cancellationToken);
            all += swept;
            if (swept < MostAtOnce)
                return all;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TrySweepAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops; what is left is swept by another.
        }
    }

    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SweepAsync(cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The sweep must outlive a database that is away.
            LogNotSwept(log, error.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "What has expired cannot be swept: {Error}")]
    private static partial void LogNotSwept(ILogger log, string error);
}
