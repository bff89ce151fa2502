using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>Ids for tasks, files and schedules that this gateway is about to create.</summary>
internal sealed class TaskIds(GrainCalls calls) : IDisposable
{
    public IdAllocator<ITaskIdBlocks> Tasks { get; } = new(calls, "tasks");

    public IdAllocator<ITaskIdBlocks> Files { get; } = new(calls, "files");

    public IdAllocator<ITaskIdBlocks> Schedules { get; } = new(calls, "schedules");

    public void Dispose()
    {
        Tasks.Dispose();
        Files.Dispose();
        Schedules.Dispose();
    }
}
