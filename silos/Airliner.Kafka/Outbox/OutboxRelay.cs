using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Kafka.Outbox;

/// <summary>
/// Publishes a service's events from its silo: straight from memory while all is well, from the table after a crash, a failure of the producer, or
/// when the broker was away for longer than memory lasts.
/// </summary>
internal sealed partial class OutboxRelay : IOutboxRelay, IAsyncDisposable
{
    private readonly KafkaOptions _options;
    private readonly string _service;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _topicsReady;
    private readonly OutboxRows _rows;
    private readonly HeldEvents _held;
    private readonly ProducerLane _lane;
    private readonly OutboxAcks _acks;
    private readonly OutboxPass _pass;
    private readonly OutboxAdoption _adoption;
    private readonly Unconsumed? _unconsumed;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private Task _deleting = Task.CompletedTask;
    private Task _measuring = Task.CompletedTask;
    private volatile bool _stopped;
    private OutboxBacklog _backlog = new(0, TimeSpan.Zero);

    /// <param name="service">The service's name: the last part of <c>ce_source</c>.</param>
    /// <param name="owner">This silo: its address and generation.</param>
    /// <param name="topicsReady">Ends when the topics exist; nothing is produced before.</param>
    public OutboxRelay(
        string service,
        string owner,
        NpgsqlDataSource database,
        KafkaOptions options,
        IOutboxOwners owners,
        ConsumptionProgress progress,
        Task topicsReady,
        TimeProvider time,
        ILogger<OutboxRelay> logger)
    {
        (Owner, _service, _options, _topicsReady, _time, _logger) = (owner, service, options, topicsReady, time, logger);
        _rows = new OutboxRows(database, owner);
        _held = new(options.MaxInFlightEvents, options.InFlightBytes);
        _lane = new(options, service, time, logger, _held.ProducerLost);
        _held.SendWith(held => _lane.TrySend(held.Event, position => Acknowledged(held, position), error => Refused(held, error)));
        _acks = new(_rows, _held, time, logger);
        _pass = new(_rows, _held, _lane);
        _adoption = new(_rows, _held, owners, service, time, logger);
        _unconsumed = options.BrokerForgets ? new(progress, _held, _acks.Delete) : null;
        KafkaInstruments.Watch(this, new(service, () => _held.Count, () => _held.IsBehind, () => _backlog));
    }

    /// <inheritdoc/>
    public string Owner { get; }

    internal HeldEvents Held => _held;

    /// <inheritdoc/>
    public void Take(IReadOnlyList<OutboxEvent> committed)
    {
        // What comes after the end stays in the table, for whoever adopts it.
        if (!_stopped)
            _held.Take(committed);
    }

    /// <summary>What the service has in the table now, whichever silo is to publish it.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database does not answer.</exception>
    internal async Task<OutboxBacklog> MeasureAsync(CancellationToken cancellationToken)
    {
        var (count, oldest) = await _rows.MeasureAsync(cancellationToken);
        var age = oldest is { } time ? _time.GetUtcNow() - time : TimeSpan.Zero;
        return new(count, age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }

    /// <summary>Begins to publish.</summary>
    public void Start()
    {
        _deleting = Task.Run(() => _acks.RunAsync(_stop.Token));
        _running = Task.Run(() => RunAsync(_stop.Token));
        _measuring = Task.Run(() => KeepMeasuringAsync(_stop.Token));
    }

    /// <summary>Publishes what was taken over, for as long as the options allow, and ends. What is left stays in the table.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_options.StopTimeout);
        try
        {
            while (!_running.IsCompleted && (_held.Unacknowledged > 0 || _held.IsBehind))
                await Task.Delay(TimeSpan.FromMilliseconds(20), _time, patience.Token);
        }
        catch (OperationCanceledException)
        {
            LogLeft(_held.Unacknowledged);
        }

        _stopped = true;
        _acks.Complete();
        // On a broker that forgets, what nobody has consumed stays in the table as well.
        await Task.WhenAny(_deleting, Task.Delay(Timeout.InfiniteTimeSpan, patience.Token));
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _stopped = true;
        await _stop.CancelAsync();
        await Task.WhenAll(_running, _deleting, _measuring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _unconsumed?.Dispose();
        KafkaInstruments.Unwatch(this);
        await _lane.DisposeAsync();
    }

    /// <summary>Beside the publishing, which stands still while the broker is away: that is when the measure counts.</summary>
    private async Task KeepMeasuringAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_options.AdoptionInterval, _time);
        do
        {
            try
            {
                _backlog = await MeasureAsync(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotMeasured(error.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        var lastSweep = default(long?);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (lastSweep is null || _time.GetElapsedTime(lastSweep.Value) >= _options.AdoptionInterval)
                {
                    lastSweep = _time.GetTimestamp();
                    await TrySweepAsync(cancellationToken);
                    await _adoption.LookForStraysAsync(cancellationToken);
                }

                if (_held.IsBehind || _held.IsStalled)
                    await CatchUpAsync(cancellationToken);
                else
                    await _held.ChangedAsync(_options.AdoptionInterval, cancellationToken);
                failures = 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The loop must outlive whatever the database or membership do. What a broken pass has not sent is still in the table.
                _held.FallBehind();
                LogTrouble(error);
                await Task.Delay(Backoff.After(failures++), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What cannot be adopted just now does not keep this silo's own events from being published, nor from being looked for.</summary>
    private async Task TrySweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _adoption.SweepAsync(_options.AdoptionInterval, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotAdopted(error);
        }
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _topicsReady.WaitAsync(cancellationToken);
        await _lane.EnsureAsync(cancellationToken);
        _held.Resume();
        if (_held.IsBehind)
        {
            if (!_held.BeginPass() || await _pass.RunAsync(cancellationToken))
                _held.EndPass();
            else
                _held.FallBehind();
        }

        if (_held.IsStalled && _lane.IsReady)
            await _held.ChangedAsync(TimeSpan.FromMilliseconds(100), cancellationToken);
    }

    private void Acknowledged(HeldEvent held, TopicPartitionOffset position)
    {
        if (!_held.Acknowledge(held, position))
            return;
        _lane.Healthy();
        KafkaInstruments.Published(_service);
        if (_unconsumed is null)
            _acks.Delete(held);
        else
            _unconsumed.Add(held);
    }

    private void Refused(HeldEvent held, Error error)
    {
        if (_held.Suspect(held))
            LogRefused(held.Event.Subject, held.Event.Sequence, held.Event.Type, error.Reason);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Subject} {Sequence} ({Type}) can never be published: {Reason}. Its row stays in the outbox")]
    private partial void LogRefused(string subject, long sequence, string type, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What other silos left in the outbox cannot be adopted now; trying again")]
    private partial void LogNotAdopted(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox cannot be read; trying again")]
    private partial void LogTrouble(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How much the outbox has cannot be read now: {Reason}")]
    private partial void LogNotMeasured(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping with {Count} events that the broker has not acknowledged; they stay in the outbox")]
    private partial void LogLeft(int count);
}
