using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Npgsql;
using Orleans.Storage;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

public sealed class CommitTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_never_shows_what_is_not_committed_yet()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var id = await silos.CreateAsync(runAt: TimeProvider.System.Now().AddHours(1));

        await using var connection = await silos.Database.Source.OpenConnectionAsync(Token);
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await ExecuteAsync(connection, $"update tasks set version = version + 1, progress = 7 where id = {id}");
        var cancel = silos.CancelAsync(id);
        await silos.Database.WaitForLockAsync(TasksDatabase.Write);
        var read = silos.ViewAsync(id);
        await transaction.CommitAsync(Token);

        await Assert.ThrowsAsync<InconsistentStateException>(() => cancel);
        var seen = await read;
        Assert.Equal((TaskStatuses.Pending, 7), (seen.Status, seen.Progress));
    }

    [Fact]
    public async Task A_start_that_finds_its_row_changed_reads_it_again_and_runs()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        // Held by nobody's hint for an hour; then the row says now, behind the back of the activation.
        var id = await silos.CreateAsync(runAt: TimeProvider.System.Now().AddSeconds(2));
        await silos.Database.ExecuteAsync($"update tasks set version = version + 1, max_attempts = 9 where id = {id}");
        var task = await silos.EndAsync(id);
        Assert.Equal((TaskStatuses.Completed, 1), (task.Status, task.Attempts));
        Assert.Equal(9, (await TasksDatabase.ReadAsync(silos.Database.Tasks, id)).State!.MaxAttempts);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
