using Airliner.Contracts.Tasks;
using Xunit;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>Batches as a gateway sends them, and what their tables hold.</summary>
internal static class BatchCommands
{
    /// <summary>A batch of the owner's tasks, under ids that were never used.</summary>
    /// <param name="command">What their commands are called; each time otherwise by default.</param>
    /// <param name="group">The name of the group that they are in.</param>
    public static CreateTaskBatch Batch(this TaskSilos silos, int count, string? command = null, DateTimeOffset? runAt = null, string? group = null)
    {
        command ??= $"{Guid.NewGuid():n}";
        var groupId = group is null ? null : TaskGroupIds.Of(command);
        var tasks = Enumerable.Range(0, count).Select(index => new BatchedTask(
            silos.NextId(), new CreateTask($"{command}-{index}", TaskSilos.Owner, TaskSilos.Type, Priorities.Medium, "{}", runAt, MaxAttempts: 1, GroupId: groupId)));
        return new([.. tasks], groupId is null ? null : new CreateTaskGroup(groupId, group!, TaskSilos.Owner));
    }

    public static async Task<object?> ScalarAsync(this TasksDatabase database, string sql)
    {
        await using var command = database.Source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
