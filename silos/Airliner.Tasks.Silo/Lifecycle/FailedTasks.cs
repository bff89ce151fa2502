using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Lifecycle;
using Airliner.Tasks.Silo.Storage;
using Npgsql;

namespace Airliner.Tasks.Silo.Lifecycle;

/// <summary>Finds the failed tasks that can be retried.</summary>
internal sealed class FailedTasks([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : IFailedTasks
{
    public async Task<Page<long>> FindAsync(TaskFilter filter, int limit, DateTimeOffset now)
    {
        // Without those that would refuse: they would be found again each time, and stand before all others.
        var failed = await TaskIndex.ListOf(filter with { Status = TaskStatuses.Failed })
            .Where("(deadline is null or deadline > @)", (DateTimeOffset?)now)
            .Where("not exists (select from erased_users where erased_users.user_id = tasks.user_id and erased_at <= @)", (DateTimeOffset?)now)
            .ReadAsync(database, TasksStorage.Tasks, "id", reader => reader.GetInt64(0), new PageRequest(limit, null, 0));
        return failed.Select(id => id);
    }
}
