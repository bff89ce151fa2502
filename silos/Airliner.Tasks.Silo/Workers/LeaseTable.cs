using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Workers;
using Airliner.Tasks.Silo.Storage;
using Npgsql;

namespace Airliner.Tasks.Silo.Workers;

internal sealed class LeaseTable([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database) : ILeaseTable
{
    public Task<IReadOnlyList<WorkerLease>> FindAsync(string owner, IReadOnlyList<string> taskTypes) => DatabaseQuestions.AskAsync<IReadOnlyList<WorkerLease>>("tasks", async () =>
    {
        // By type, since what runs is indexed by it. One that is being cancelled is not given again: its lease runs out.
        await using var command = database.CreateCommand(
            $"select {TaskTables.Tasks.SelectList} from tasks where task_type = any($1) and status in ('processing', 'cancelling') and status = 'processing' and lease_owner = $2");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. taskTypes] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = owner });
        await using var reader = await command.ExecuteReaderAsync();
        var leases = new List<WorkerLease>();
        while (await reader.ReadAsync())
        {
            var row = TaskTables.Tasks.Read(reader);
            leases.Add(LeasingWorker.LeaseOf(row.Record.Attempt(row.Key)));
        }

        return leases;
    });
}
