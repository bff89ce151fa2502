using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Groups;

/// <summary>What a user called groups of tasks. Their tasks are exported and erased as such.</summary>
internal sealed class TaskGroupData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "taskGroups";

    public async Task<PersonalDataPart> ExportAsync(long userId, string? after, CancellationToken cancellationToken)
    {
        var groups = (await NamedAsync(userId, cancellationToken)).Select(group => JsonSerializer.SerializeToNode(group, AirlinerJson.Options));
        return new(new JsonArray([.. groups]));
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await Parallel.ForEachAsync(
            await NamedAsync(userId, cancellationToken),
            PersonalDataSources.Bounded(cancellationToken),
            async (group, _) => await grains.GetGrain<ITaskGroupGrain>(group.GroupId).Erase());
    }

    private Task<List<NamedGroup>> NamedAsync(long userId, CancellationToken cancellationToken) => DatabaseQuestions.AskAsync(TasksStorage.Groups, async () =>
    {
        await using var command = database.CreateCommand(
            "select id, name, created_at, completed_at from task_groups where user_id = $1 and name <> '' order by created_at desc, id");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var groups = new List<NamedGroup>();
        while (await reader.ReadAsync(cancellationToken))
        {
            groups.Add(new(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(3)));
        }

        return groups;
    });

    private sealed record NamedGroup(string GroupId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt);
}
