using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>Keeps the queue of every task type awake: at the start, and after the silo that hosted one is lost.</summary>
internal sealed class QueueWaker(IEnumerable<ITaskHandler> handlers, IGrainFactory grains, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, time);
        do
        {
            foreach (var handler in handlers)
                grains.GetGrain<ITaskQueueGrain>(handler.TaskType).Wake().Ignore();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
