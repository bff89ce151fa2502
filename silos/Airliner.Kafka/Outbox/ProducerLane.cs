using System.Text;
using Airliner.Persistence.Postgres.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Outbox;

/// <summary>What became of handing an event to the producer.</summary>
internal enum SendOutcome
{
    Sent,

    /// <summary>There is no room or no producer just now.</summary>
    Later,

    /// <summary>The producer will never take this event.</summary>
    Never,
}

/// <summary>
/// A producer that is replaced when it fails. Any failed delivery ends it: what it still had is sent again by the next one, which is made
/// when the failed one is gone.
/// </summary>
/// <param name="lost">Called once for each producer that fails: what was sent and not acknowledged is to be sent again.</param>
internal sealed partial class ProducerLane(KafkaOptions options, string service, TimeProvider time, ILogger logger, Action lost) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly BrokerTrouble _trouble = new(time);
    private readonly byte[] _source = Encoding.UTF8.GetBytes($"/airliner/{service}");
    private IProducer<byte[], byte[]>? _producer;
    private bool _failed;
    private int _failures;

    /// <summary>Whether <see cref="TrySend"/> has a producer to send with.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
                return _producer is not null && !_failed;
        }
    }

    private bool HasFailed
    {
        get
        {
            lock (_gate)
                return _failed;
        }
    }

    /// <summary>Hands an event to the producer; never blocks or throws.</summary>
    /// <param name="acknowledged">Called when the broker has it.</param>
    /// <param name="refused">Called when the broker refuses the batch that it is in for what an event of the batch is.</param>
    public SendOutcome TrySend(OutboxEvent e, Action<TopicPartitionOffset> acknowledged, Action<Error> refused)
    {
        // Held while the producer works, so that none is disposed under a call.
        lock (_gate)
            return _producer is null || _failed ? SendOutcome.Later : Send(_producer, e, acknowledged, refused);
    }

    /// <summary>Makes a producer where there is none, or only one that failed; waits longer after each failure, to five seconds.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (IsReady)
            return;
        if (HasFailed)
        {
            // Before it is disposed of, because it still tells why: which events the broker refused.
            await Task.Delay(Backoff.After(_failures++), time, cancellationToken);
            await DisposeProducerAsync();
        }

        IProducer<byte[], byte[]>? made = null;
        made = new ProducerBuilder<byte[], byte[]>(options.Producer())
            .SetErrorHandler((producer, error) =>
            {
                if (error.IsFatal)
                    Fail(made ?? producer, error);
                else if (_trouble.IsNews(error))
                    LogTrouble(error.Reason);
            })
            .SetLogHandler((_, message) => LogClient(message.Message))
            .Build();
        lock (_gate)
            (_producer, _failed) = (made, false);
    }

    /// <summary>Says that the broker has acknowledged something: the next failure is then the first again.</summary>
    public void Healthy() => _failures = 0;

    public async ValueTask DisposeAsync() => await DisposeProducerAsync();

    private SendOutcome Send(IProducer<byte[], byte[]> producer, OutboxEvent e, Action<TopicPartitionOffset> acknowledged, Action<Error> refused)
    {
        var span = KafkaTraces.Send(e);
        var message = new Message<byte[], byte[]>
        {
            Key = Encoding.UTF8.GetBytes(e.Key),
            Value = e.Payload,
            Headers = CloudEventHeaders.Of(span is null ? e : e with { TraceParent = span.Id }, _source),
            Timestamp = new Timestamp(e.Time.UtcDateTime),
        };
        try
        {
            producer.Produce(e.Topic, message, report =>
            {
                if (!report.Error.IsError)
                {
                    KafkaTraces.Sent(span, report.TopicPartitionOffset);
                    acknowledged(report.TopicPartitionOffset);
                    return;
                }

                KafkaTraces.Failed(span, report.Error.Code);
                if (IsOfContent(report.Error.Code))
                    refused(report.Error);
                Fail(producer, report.Error);
            });
            return SendOutcome.Sent;
        }
        catch (KafkaException error) when (error.Error.Code == ErrorCode.Local_QueueFull)
        {
            KafkaTraces.Failed(span, error.Error.Code);
            return SendOutcome.Later;
        }
        catch (KafkaException error) when (IsOfContent(error.Error.Code))
        {
            KafkaTraces.Failed(span, error.Error.Code);
            LogRefused(e.Subject, e.Sequence, e.Type, error.Error.Reason);
            return SendOutcome.Never;
        }
        catch (Exception error) when (error is KafkaException or ObjectDisposedException)
        {
            var reason = (error as KafkaException)?.Error ?? new Error(ErrorCode.Local_Destroy);
            KafkaTraces.Failed(span, reason.Code);
            Fail(producer, reason);
            return SendOutcome.Later;
        }
    }

    private void Fail(IProducer<byte[], byte[]> producer, Error error)
    {
        lock (_gate)
        {
            // Late words of a producer that has been replaced, or of one that is known to have failed, change nothing.
            if (_failed || !ReferenceEquals(producer, _producer))
                return;
            _failed = true;
        }

        LogFailed(error.Code, error.Reason);
        lost();
    }

    /// <summary>Whether no other try can succeed, because of what the event or another of its batch is.</summary>
    private static bool IsOfContent(ErrorCode code) => code is
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp
        or ErrorCode.PolicyViolation or ErrorCode.TopicException;

    private async Task DisposeProducerAsync()
    {
        IProducer<byte[], byte[]>? old;
        lock (_gate)
            (old, _producer, _failed) = (_producer, null, false);
        // Joins the client's threads, which call back into this class.
        if (old is not null)
            await Task.Run(old.Dispose);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The producer failed with {Code} ({Reason}); a new one takes over what it had")]
    private partial void LogFailed(ErrorCode code, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The event {Subject} {Sequence} ({Type}) can never be published: {Reason}. Its row stays in the outbox")]
    private partial void LogRefused(string subject, long sequence, string type, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka: {Reason}")]
    private partial void LogTrouble(string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Message}")]
    private partial void LogClient(string message);
}
