using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Takes what has expired out of a table, some rows at a time.</summary>
/// <param name="sql">Its <c>$1</c> is the time before which a row has expired, its <c>$2</c> how many rows at most.</param>
/// <param name="margin">How long a row has to have expired.</param>
public abstract class ExpirySweep(
    NpgsqlDataSource database, string sql, TimeSpan interval, TimeSpan margin, TimeProvider time, ILogger log)
    : PeriodicSweep(interval, time, log)
{
    private const int MostAtOnce = 1000;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = Time.GetUtcNow() - margin });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
            var swept = await command.ExecuteNonQueryAsync(cancellationToken);
            all += swept;
            if (swept < MostAtOnce)
                return all;
        }
    }
}
