using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Schedules;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Airliner.Tasks.Silo.Schedules;

/// <summary>Tells schedules that are due. Every silo does, so that none is forgotten; a schedule that is told twice runs once.</summary>
internal sealed class ScheduleSweep(
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains, IOptions<ScheduleOptions> options, TimeProvider time,
    ILogger<ScheduleSweep> log) : PeriodicSweep(options.Value.SweepInterval, time, log)
{
    /// <summary>Those beyond it are told a second later, when the first have moved on.</summary>
    private const int MostAtOnce = 10_000;

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select id from schedules where next_run_at <= $1 order by next_run_at limit $2");
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = Time.GetUtcNow() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var told = 0;
        for (; await reader.ReadAsync(cancellationToken); told++)
            grains.GetGrain<IScheduleGrain>(reader.GetInt64(0)).Fire().Ignore();
        return told;
    }
}
