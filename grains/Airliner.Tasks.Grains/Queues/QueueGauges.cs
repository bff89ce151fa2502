using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Airliner.Contracts.Tasks;

namespace Airliner.Tasks.Grains.Queues;

/// <summary>What the queues that are awake in this silo tell of themselves, as OpenTelemetry instruments by <c>task_type</c>.</summary>
internal sealed class QueueGauges : IDisposable
{
    private readonly Meter _meter = new("Airliner.Tasks");
    private readonly ConcurrentDictionary<string, TaskQueueView> _queues = new(StringComparer.Ordinal);

    public QueueGauges()
    {
        Gauge("airliner.tasks.queue.depth", "{task}", $"Tasks that are due and wait, counted up to {TaskQueueView.CountedAtMost}.", queue => queue.Depth);
        Gauge("airliner.tasks.queue.later", "{task}", $"Tasks whose time is yet to come, counted up to {TaskQueueView.CountedAtMost}.", queue => queue.Later);
        Gauge("airliner.tasks.queue.oldest_wait", "s", "For how long the task has been due that waits longest.", queue => queue.OldestWait ?? 0);
        Gauge("airliner.tasks.in_flight", "{task}", "Tasks that run or are about to stop.", queue => queue.InFlight);
        Gauge("airliner.tasks.in_flight.limit", "{task}", "Tasks that may run at once, in the whole cluster.", queue => queue.Limit);
    }

    public void Show(TaskQueueView queue) => _queues[queue.TaskType] = queue;

    /// <summary>The queue is awake here no longer: another silo tells of it.</summary>
    public void Hide(string taskType) => _queues.TryRemove(taskType, out _);

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string unit, string description, Func<TaskQueueView, double> value) => _meter.CreateObservableGauge(
        name, () => _queues.Values.Select(queue => new Measurement<double>(value(queue), new KeyValuePair<string, object?>("task_type", queue.TaskType))), unit, description);
}
