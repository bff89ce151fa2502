using Airliner.Artifacts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.PersonalData;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>A user's files, uploaded or made by tasks. An export lists them; their bytes are there to be downloaded.</summary>
internal sealed class FileData([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, IArtifactStore artifacts, IGrainFactory grains)
    : RecordData<FileState>("files", database, TaskTables.Files, (id, file) => file.View(id))
{
    public override async Task EraseAsync(long userId, CancellationToken cancellationToken)
    {
        await base.EraseAsync(userId, cancellationToken);
        // Last, and all that is there: also what a crash left between the bytes and their row.
        await artifacts.DeleteAllAsync(FileView.ArtifactsOf(userId), cancellationToken);
    }

    protected override Task EraseRecordAsync(long id) => grains.GetGrain<IFileGrain>(id).Delete();
}
