using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Artifacts;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>A user's files, uploaded or made by tasks. An export lists them; their bytes are there to be downloaded.</summary>
internal sealed class FileData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IArtifactStore artifacts, IGrainFactory grains) : IPersonalDataSource
{
    public string Name => "files";

    public async Task<JsonNode?> ExportAsync(long userId, CancellationToken cancellationToken)
    {
        var files = new JsonArray();
        await foreach (var file in Of(userId, cancellationToken))
            files.Add(JsonSerializer.SerializeToNode(file.Record.View(file.Key), AirlinerJson.Options));
        return files;
    }

    public async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await ErasedUsers.KeepOutAsync(database, userId, cancellationToken);
        await Parallel.ForEachAsync(
            Of(userId, cancellationToken), PersonalDataSources.Bounded(cancellationToken), async (file, _) => await grains.GetGrain<IFileGrain>(file.Key).Delete());
        // Last, and all that is there: also what a crash left between the bytes and their row.
        await artifacts.DeleteAllAsync(FileView.ArtifactsOf(userId), cancellationToken);
    }

    private IAsyncEnumerable<StoredRecord<long, FileState>> Of(long userId, CancellationToken cancellationToken) =>
        new RecordList().Where("user_id =", (long?)userId).ReadAllAsync(database, TaskTables.Files, cancellationToken);
}
