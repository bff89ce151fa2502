using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Airliner.Contracts.Events;
using Confluent.Kafka;

namespace Airliner.Benchmark.Load;

/// <summary>An event of a task as it arrived.</summary>
/// <param name="At">When it happened, by the silo's clock.</param>
/// <param name="Received">When the consumer had it, by the same clock: it is one machine.</param>
internal readonly record struct ArrivedEvent(string Type, long TaskId, DateTimeOffset At, DateTimeOffset Received);

/// <summary>Consumes the events of tasks in this process, as any other system would, and notes when each came.</summary>
internal sealed class EventStopwatch : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly IConsumer<string, byte[]> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _assigned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _loop;

    private EventStopwatch(string brokers, bool gathers)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = brokers,
            GroupId = $"benchmark-{Guid.NewGuid():n}",
            AutoOffsetReset = AutoOffsetReset.Latest,
            EnableAutoCommit = false,
            FetchWaitMaxMs = gathers ? 100 : 10,
            FetchMinBytes = gathers ? 128 * 1024 : 1,
            SocketNagleDisable = true,
        };
        _consumer = new ConsumerBuilder<string, byte[]>(config)
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((consumer, partitions) =>
            {
                // From their very ends as they are now: what is raised after the start is all seen.
                var ends = partitions.Select(partition => new TopicPartitionOffset(
                    partition, consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(10)).High)).ToArray();
                _assigned.TrySetResult();
                return ends;
            })
            .Build();
        _consumer.Subscribe(Topics.Tasks);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What came, in the order of its coming.</summary>
    public ConcurrentQueue<ArrivedEvent> Arrived { get; } = new();

    /// <summary>Begins to consume, from now on.</summary>
    /// <param name="gathers">Lets the broker wait until there is more than one, where nobody asks when they came: each fetch is the machine's time as well.</param>
    public static async Task<EventStopwatch> StartAsync(string brokers, CancellationToken cancellation, bool gathers = false)
    {
        var stopwatch = new EventStopwatch(brokers, gathers);
        await stopwatch._assigned.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellation);
        return stopwatch;
    }

    /// <summary>The times from each task's first event of one type to its event of another; a task that has no such is an error.</summary>
    public LoadResult Between(string first, string last, TimeSpan duration, LoadResult load)
    {
        var began = Arrived.Where(e => e.Type == first).GroupBy(e => e.TaskId).ToDictionary(e => e.Key, e => e.First().At);
        var times = Arrived.Where(e => e.Type == last && began.ContainsKey(e.TaskId)).Select(e => (int)(e.At - began[e.TaskId]).TotalMicroseconds).ToList();
        return LoadResult.Of(times, duration, load.Errors + began.Count - times.Count, load.FirstError);
    }

    /// <summary>From the first event of one type to the last of another.</summary>
    public TimeSpan Span(string first, string last) =>
        Arrived.Where(e => e.Type == last).Max(e => e.At) - Arrived.Where(e => e.Type == first).Min(e => e.At);

    /// <summary>Waits until every task that was created has ended, for a bounded time: one that has not counts as an error.</summary>
    public async Task AllEndedAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var before = 0;
        for (var ticks = _patience / timer.Period; ticks > 0 && await timer.WaitForNextTickAsync(cancellation); ticks--)
        {
            var created = Arrived.Count(e => e.Type == "task_created");
            // More may be on their way with the next fetch.
            if (created > 0 && created == before && Arrived.Count(e => e.Type is "task_completed" or "task_failed") >= created)
                return;
            before = created;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                var record = _consumer.Consume(_stop.Token);
                var received = TimeProvider.System.GetUtcNow();
                using var json = JsonDocument.Parse(record.Message.Value);
                var value = json.RootElement;
                if (!value.TryGetProperty("taskId", out var taskId))
                    continue; // Of a group.
                Arrived.Enqueue(new(
                    Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("ce_type")), taskId.GetInt64(),
                    value.GetProperty("timestamp").GetDateTimeOffset(), received));
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
        finally
        {
            _consumer.Close();
        }
    }
}
