using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Lifecycle;

/// <summary>
/// Clears results and removes tasks that ended long ago, a few rows in a statement that commits by itself, with a pause after each. A row that somebody holds is
/// passed over until the next sweep, so nobody waits for a sweep longer than for any other small write. No grain is asked: one that has such a task in memory
/// reads it again (<see cref="Grains.Lifecycle.TaskRetention.MayHaveSwept"/>).
/// </summary>
internal sealed class RetentionSweep(
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, TaskLimits limits, TimeProvider time, ILogger<RetentionSweep> log)
    : PeriodicSweep(limits.Retention.SweepInterval, time, log)
{
    internal const string ClearResults = """
        update tasks set result = null, version = version + 1 where id in (
            select id from tasks where completed_at < $1 and result is not null order by completed_at limit $2 for update skip locked)
        """;

    /// <remarks>
    /// A task with events that are still to be published stays: who hears of them may ask for it. So does one whose group waits for others: it counts its tasks.
    /// What happened to a task goes with it, by a trigger.
    /// </remarks>
    internal const string RemoveTasks = """
        with ended as (
            select id from tasks
            where completed_at < $1 and not exists (select from outbox where subject = 'tasks/' || tasks.id)
                and not exists (select from task_groups where task_groups.id = tasks.group_id and task_groups.completed_at is null)
            order by completed_at limit $2 for update skip locked
        )
        delete from tasks where id in (select id from ended)
        """;

    /// <remarks>A new task in a span of old ids would have to widen it, and make it anew.</remarks>
    private const string RemoveSpans = """
        delete from task_spans where span in (
            select span from task_spans where last_created_at < $1 and not exists (select from tasks where id >= span * 4096 and id < (span + 1) * 4096) limit $2)
        """;

    private const int MostAtOnce = 500;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    public override async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var cleared = await RepeatAsync(ClearResults, now - limits.Retention.Results, cancellationToken);
        var removed = await RepeatAsync(RemoveTasks, now - limits.Retention.Tasks, cancellationToken);
        return cleared + removed + await RepeatAsync(RemoveSpans, now - limits.Retention.Tasks, cancellationToken);
    }

    private async Task<int> RepeatAsync(string sql, DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var all = 0; ; await Task.Delay(_pause, Time, cancellationToken))
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
            var swept = await command.ExecuteNonQueryAsync(cancellationToken);
            all += swept;
            if (swept < MostAtOnce)
                return all;
        }
    }
}
