using Airliner.Kafka.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Airliner.Kafka.Consumers;

/// <summary>
/// Reads a consumer group's events, on a thread of its own. An offset is stored when every event before it has had its effect. While a batch takes long its
/// partitions are paused and polling goes on, so that the group keeps this member.
/// </summary>
internal sealed partial class ConsumerLoop : IAsyncDisposable
{
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);

    // A batch that takes longer is waited for while polling. Pausing drops what was read ahead, so quick batches do without.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    private readonly KafkaOptions _options;
    private readonly IEventHandler _handler;
    private readonly ConsumptionProgress _progress;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BrokerTrouble _trouble;
    private readonly Assignments _assignments = new();
    private readonly DeadLetters _deadLetters;
    private readonly BatchHandling _handling;
    private readonly Dictionary<TopicPartition, long> _expected = [];
    private readonly Queue<ConsumeResult<byte[], byte[]>> _readWhilePaused = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ConsumerLag _lag;
    private Task _running = Task.CompletedTask;

    public ConsumerLoop(KafkaOptions options, IEventHandler handler, ConsumptionProgress progress, TimeProvider time, ILogger<ConsumerLoop> logger)
    {
        (_options, _handler, _progress, _time, _logger) = (options, handler, progress, time, logger);
        _trouble = new(time);
        _deadLetters = new(options, handler.Group, time, logger);
        _handling = new(handler, _deadLetters, _assignments, time, logger);
        _lag = new(handler.Group, time);
        progress.Register(handler.Group, handler.Topics);
    }

    public string Group => _handler.Group;

    /// <summary>Begins to read once <paramref name="topicsReady"/> ends.</summary>
    public void Start(Task topicsReady) => _running = Task.Run(async () =>
    {
        await topicsReady.WaitAsync(_stop.Token);
        await Task.Factory.StartNew(Run, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    });

    /// <summary>
    /// Ends the batch under way, or leaves it to whoever reads it next, and leaves the group. Each has <see cref="KafkaOptions.StopTimeout"/>: a client that
    /// is closed looks for an absent broker without end (librdkafka issue 3740). The group notices by itself that a member is gone, and what that had not
    /// committed comes again.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(2 * _options.StopTimeout, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_running.IsCompleted)
            LogNotLeft(_handler.Group);
        _deadLetters.Dispose();
    }

    private void Run()
    {
        for (var failures = 0; !_stop.IsCancellationRequested; failures++)
        {
            try
            {
                using var consumer = Build();
                consumer.Subscribe(_handler.Topics);
                try
                {
                    while (!_stop.IsCancellationRequested)
                    {
                        if (ReadBatch(consumer) is { Count: > 0 } batch)
                            Handle(consumer, batch);
                        _lag.Measure(consumer, _assignments.Partitions);
                        failures = 0;
                    }
                }
                finally
                {
                    _lag.Detach();
                    // Commits what is stored, and tells the group.
                    consumer.Close();
                }
            }
            catch (Exception error)
            {
                // A consumer that failed for good is made anew; what had no effect is read again.
                LogFailed(error, _handler.Group);
                _stop.Token.WaitHandle.WaitOne(Backoff.After(failures));
            }
            finally
            {
                Lost(_assignments.Partitions.ToList());
            }
        }
    }

    private IConsumer<byte[], byte[]> Build() => new ConsumerBuilder<byte[], byte[]>(_options.Consumer(_handler.Group, _handler.Gathers))
        .SetPartitionsAssignedHandler((_, partitions) => _assignments.Add(partitions))
        .SetPartitionsRevokedHandler((consumer, partitions) => Lost(consumer, partitions.ConvertAll(partition => partition.TopicPartition)))
        .SetPartitionsLostHandler((consumer, partitions) => Lost(consumer, partitions.ConvertAll(partition => partition.TopicPartition)))
        .SetErrorHandler((_, error) => Complain(error))
        .SetLogHandler((_, message) => LogClient(message.Message))
        .Build();

    /// <summary>What is there, without waiting for more.</summary>
    private EventBatch ReadBatch(IConsumer<byte[], byte[]> consumer)
    {
        var batch = new EventBatch();
        while (batch.Count < _options.MaxConsumedBatch && !_stop.IsCancellationRequested)
        {
            var record = _readWhilePaused.TryDequeue(out var before) ? before : Poll(consumer, batch.Count == 0 ? _poll : TimeSpan.Zero);
            if (record is null)
                break;
            if (_assignments[record.TopicPartition] is var assignment and > 0)
            {
                CheckGap(record);
                batch.Add(record, assignment);
            }
        }

        return batch;
    }

    private ConsumeResult<byte[], byte[]>? Poll(IConsumer<byte[], byte[]> consumer, TimeSpan atMost)
    {
        try
        {
            return consumer.Consume(atMost);
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            Complain(error.Error);
            return null;
        }
    }

    private void Complain(Error error)
    {
        if (_trouble.IsNews(error))
            LogTrouble(_handler.Group, error.Reason);
    }

    private void Handle(IConsumer<byte[], byte[]> consumer, EventBatch batch)
    {
        var handled = _handling.RunAsync(batch, _stop.Token);
        var paused = false;
        var stopping = default(long?);
        while (!Wait(handled, paused ? _poll : _patience))
        {
            if (_stop.IsCancellationRequested && _time.GetElapsedTime(stopping ??= _time.GetTimestamp()) > _options.StopTimeout)
            {
                LogAbandoned(_handler.Group, batch.Count);
                return;
            }

            // Those that were assigned meanwhile are paused as well, with each round.
            consumer.Pause(consumer.Assignment);
            paused = true;
            if (Poll(consumer, TimeSpan.Zero) is { } early)
                _readWhilePaused.Enqueue(early);
            _lag.Measure(consumer, _assignments.Partitions);
        }

        if (handled.IsCompletedSuccessfully)
            Store(consumer, batch);
        else if (!_stop.IsCancellationRequested)
            handled.GetAwaiter().GetResult();
        if (paused && !_stop.IsCancellationRequested)
            consumer.Resume(consumer.Assignment);
    }

    private static bool Wait(Task task, TimeSpan atMost) => Task.WaitAny([task], atMost) == 0;

    private void Store(IConsumer<byte[], byte[]> consumer, EventBatch batch)
    {
        foreach (var (next, assignment) in batch.Ends)
        {
            if (!_assignments.IsCurrent(next.TopicPartition, assignment))
                continue;
            consumer.StoreOffset(next);
            _lag.Handled(next);
            _progress.Effected(_handler.Group, next);
        }
    }

    private void Lost(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        try
        {
            // librdkafka keeps what the application has paused: one that comes back would stay so (its issue 1849).
            consumer.Resume(partitions);
        }
        catch (KafkaException error)
        {
            Complain(error.Error);
        }

        Lost(partitions);
    }

    private void Lost(List<TopicPartition> partitions)
    {
        _assignments.Remove(partitions);
        // Whoever has them next begins at what is committed, also this consumer.
        var kept = _readWhilePaused.Where(record => !partitions.Contains(record.TopicPartition)).ToArray();
        _readWhilePaused.Clear();
        foreach (var record in kept)
            _readWhilePaused.Enqueue(record);
        foreach (var partition in partitions)
        {
            _expected.Remove(partition);
            _lag.Lost(partition);
        }
    }

    private void CheckGap(ConsumeResult<byte[], byte[]> record)
    {
        if (!_options.BrokerForgets)
            return;
        var expected = _expected.GetValueOrDefault(record.TopicPartition, _progress.Next(_handler.Group, record.TopicPartition));
        if (record.Offset.Value > expected)
        {
            LogGap(_handler.Group, record.Topic, record.Partition.Value, expected, record.Offset.Value);
            _progress.Missing(record.TopicPartition, expected, record.Offset.Value);
        }

        _expected[record.TopicPartition] = record.Offset.Value + 1;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The consumer of {Group} failed; making a new one")]
    private partial void LogFailed(Exception error, string group);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Group}: {Reason}")]
    private partial void LogTrouble(string group, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Group}: {Topic}[{Partition}] has nothing from {From} to {To}; what the outbox still has of it is published again")]
    private partial void LogGap(string group, string topic, int partition, long from, long to);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Group} stops although {Count} events are being handled; they come again")]
    private partial void LogAbandoned(string group, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Group} stops without leaving its group: the broker does not answer. What it had not committed comes again")]
    private partial void LogNotLeft(string group);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Message}")]
    private partial void LogClient(string message);
}
