using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>The table of files beside their grains.</summary>
internal sealed class FileTable([FromKeyedServices(TasksStorage.Service)] NpgsqlDataSource database, FileLimits limits) : IFileTable
{
    public async Task<FileView?> FindByCommandAsync(string commandId) =>
        await CommandIndex.FindAsync(database, TaskTables.Files, commandId) is { } found ? found.Record.View(found.Key) : null;

    public async Task<Page<FileView>> ListAsync(long? userId, PageRequest page)
    {
        var files = await new RecordList().Where("user_id = @", userId).ReadAsync(database, TaskTables.Files, page);
        return files.Select(row => row.Record.View(row.Key));
    }

    public Task<FileUsage> UsageAsync(long userId) => DatabaseQuestions.AskAsync("file_usage", async () =>
    {
        await using var command = database.CreateCommand("select bytes, files from file_usage where user_id = $1");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = userId });
        await using var reader = await command.ExecuteReaderAsync();
        var (bytes, files) = await reader.ReadAsync() ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, 0);
        return new FileUsage(bytes, files, limits.QuotaBytes, limits.MaxFiles);
    });
}
