using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Orleans.Concurrency;

namespace Airliner.Tasks.Grains;

/// <summary>Lists files, and says what users have of them. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("file-queries")]
internal sealed class FileQueriesGrain(IFileTable files) : Grain, IFileQueriesGrain
{
    public Task<Page<FileView>> List(long? userId, PageRequest page) => files.ListAsync(userId, page);

    public Task<FileUsage> Usage(long userId) => files.UsageAsync(userId);
}
