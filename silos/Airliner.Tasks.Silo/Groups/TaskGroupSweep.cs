using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Airliner.Tasks.Silo.Groups;

/// <summary>Finds groups whose last task has ended although they did not hear of it, and removes those that nobody needs any more.</summary>
internal sealed class TaskGroupSweep(
    [FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains, IOptions<TaskGroupOptions> options, TimeProvider time,
    ILogger<TaskGroupSweep> log) : PeriodicSweep(options.Value.SweepInterval, time, log)
{
    private const int MostAtOnce = 1000;

    /// <summary>A group is made before its tasks. Where these did not follow for so long they do not follow at all.</summary>
    private static readonly TimeSpan _emptyFor = TimeSpan.FromHours(1);

    public override async Task<int> SweepAsync(CancellationToken cancellationToken) =>
        await HintDoneAsync(cancellationToken)
        + await DeleteAsync(
            "select id from task_groups where completed_at < $1 order by completed_at limit $2 for update skip locked",
            Time.GetUtcNow() - options.Value.KeptFor, cancellationToken)
        + await DeleteAsync(
            """
            select id from task_groups g where completed_at is null and created_at < $1 and not exists (select from tasks where group_id = g.id)
            order by created_at limit $2 for update skip locked
            """,
            Time.GetUtcNow() - _emptyFor, cancellationToken);

    /// <summary>A group that counts itself is found again until that is committed.</summary>
    private async Task<int> HintDoneAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select id from task_groups g where completed_at is null
                and not exists (select from tasks where group_id = g.id and group_id is not null and status in ('pending', 'processing', 'cancelling'))
                and exists (select from tasks where group_id = g.id)
            order by created_at limit $1
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = 0;
        for (; await reader.ReadAsync(cancellationToken); found++)
            grains.GetGrain<ITaskGroupGrain>(reader.GetString(0)).MemberEnded().Ignore();
        return found;
    }

    private async Task<int> DeleteAsync(string expired, DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            await using var command = database.CreateCommand($"delete from task_groups where id in ({expired})");
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = before });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostAtOnce });
            var deleted = await command.ExecuteNonQueryAsync(cancellationToken);
            all += deleted;
            if (deleted < MostAtOnce)
                return all;
        }
    }
}
