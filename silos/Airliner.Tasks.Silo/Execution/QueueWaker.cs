using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Workers;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>Keeps the queue of every task type awake, of those that workers have registered too: at the start, and after the silo that hosted one is lost.</summary>
internal sealed partial class QueueWaker(
    IEnumerable<ITaskHandler> handlers, ITaskTypeTable registered, IGrainFactory grains, TimeProvider time, ILogger<QueueWaker> log) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        do
        {
            foreach (var handler in handlers)
                Wake(handler.TaskType);
            try
            {
                foreach (var type in await registered.AllAsync())
                    Wake(type);
            }
            catch (StorageUnavailableException error)
            {
                LogNotRead(error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Wake(string taskType) => grains.GetGrain<ITaskQueueGrain>(taskType).Wake().Ignore();

    [LoggerMessage(LogLevel.Warning, "The types that workers have registered cannot be read; their queues are woken later: {Reason}")]
    private partial void LogNotRead(string reason);
}
