using System.Text;
using Confluent.Kafka;

namespace Airliner.Kafka.Consumers;

/// <summary>A record that can never be handled.</summary>
internal sealed record DeadLetter(ConsumeResult<byte[], byte[]> Record, string Reason, Type? Error);

/// <summary>
/// Writes what a consumer can never handle to <c>&lt;topic&gt;.dlq</c>: key, value and headers as they came, and why, from where, and by whom in
/// headers.
/// </summary>
internal sealed class DeadLetters(KafkaOptions options, string group, TimeProvider time) : IDisposable
{
    private IProducer<byte[], byte[]>? _producer;

    /// <summary>Ends when the broker has the letter; tries without limit.</summary>
    public async Task WriteAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var record = letter.Record;
        var headers = new Headers();
        foreach (var header in record.Message.Headers)
            headers.Add(header.Key, header.GetValueBytes());
        Add("dlq_reason", letter.Reason);
        Add("dlq_topic", record.Topic);
        Add("dlq_partition", $"{record.Partition.Value}");
        Add("dlq_offset", $"{record.Offset.Value}");
        Add("dlq_group", group);
        if (letter.Error is { } error)
            Add("dlq_exception", error.FullName!);
        var message = new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = headers };

        for (var failures = 0; ; failures++)
        {
            try
            {
                _producer ??= new ProducerBuilder<byte[], byte[]>(options.Producer()).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
                await _producer.ProduceAsync(Contracts.Events.Topics.DeadLettersOf(record.Topic), message, cancellationToken);
                return;
            }
            catch (KafkaException)
            {
                // A producer that failed for good does not recover; a letter may then be written twice, with the same offset in its headers.
                await DisposeProducerAsync();
                await Task.Delay(Backoff.After(failures), time, cancellationToken);
            }
        }

        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
    }

    public void Dispose() => _producer?.Dispose();

    private async Task DisposeProducerAsync()
    {
        var failed = Interlocked.Exchange(ref _producer, null);
        if (failed is not null)
            await Task.Run(failed.Dispose);
    }
}
