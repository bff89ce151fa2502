using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Consumers;

/// <summary>A record that can never be handled.</summary>
/// <param name="Exception">The type of the error, where there was one.</param>
/// <param name="Stack">The code that gave it up.</param>
internal sealed record DeadLetter(ConsumeResult<byte[], byte[]> Record, string Reason, string? Exception, string Stack);

/// <summary>
/// Writes what a consumer can never handle to <c>&lt;topic&gt;.dlq</c>: key, value and headers as they came, and why, from where, and by whom in
/// headers.
/// </summary>
internal sealed partial class DeadLetters(KafkaOptions options, string group, TimeProvider time, ILogger log) : IDisposable
{
    private const int LongestText = 4_000;

    private IProducer<byte[], byte[]>? _producer;

    /// <summary>Ends when the broker has the letter; tries without limit.</summary>
    public async Task WriteAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var (message, isWhole) = (Whole(letter), true);
        for (var failures = 0; ; failures++)
        {
            try
            {
                _producer ??= new ProducerBuilder<byte[], byte[]>(options.Producer()).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();
                await _producer.ProduceAsync(Contracts.Events.Topics.DeadLettersOf(letter.Record.Topic), message, cancellationToken);
                return;
            }
            catch (KafkaException error) when (error.Error.Code == ErrorCode.MsgSizeTooLarge && isWhole)
            {
                // With further headers it is more than a record may be, and no try would change that.
                (message, isWhole) = (WithoutRecord(letter), false);
            }
            catch (KafkaException error)
            {
                LogNotWritten(letter.Record.Topic, error.Error.Reason, group);
                // A producer that failed for good does not recover; a letter may then be written twice, with the same offset in its headers.
                await DisposeProducerAsync();
                await Task.Delay(Backoff.After(failures), time, cancellationToken);
            }
        }
    }

    public void Dispose() => _producer?.Dispose();

    private Message<byte[], byte[]> Whole(DeadLetter letter)
    {
        var headers = new Headers();
        foreach (var header in letter.Record.Message.Headers)
            headers.Add(header.Key, header.GetValueBytes());
        return new() { Key = letter.Record.Message.Key, Value = letter.Record.Message.Value, Headers = Described(headers, letter) };
    }

    /// <summary>Why and from where alone: the record is where it came from for as long as its topic keeps it.</summary>
    private Message<byte[], byte[]> WithoutRecord(DeadLetter letter) => new()
    {
        Headers = Described(new() { { DeadLetterHeaders.OmittedBytes, Text($"{letter.Record.Message.Value?.Length ?? 0}") } }, letter),
    };

    private Headers Described(Headers headers, DeadLetter letter)
    {
        headers.Add(DeadLetterHeaders.Reason, Text(letter.Reason));
        headers.Add(DeadLetterHeaders.Topic, Text(letter.Record.Topic));
        headers.Add(DeadLetterHeaders.Partition, Text($"{letter.Record.Partition.Value}"));
        headers.Add(DeadLetterHeaders.Offset, Text($"{letter.Record.Offset.Value}"));
        headers.Add(DeadLetterHeaders.Group, Text(group));
        headers.Add(DeadLetterHeaders.Stack, Text(letter.Stack));
        if (letter.Exception is { } exception)
            headers.Add(DeadLetterHeaders.Exception, Text(exception));
        return headers;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text.Length > LongestText ? text[..LongestText] : text);

    [LoggerMessage(LogLevel.Error, "A dead letter of {Topic} cannot be written, and {Group} reads on only when it is: {Reason}")]
    private partial void LogNotWritten(string topic, string reason, string group);

    private async Task DisposeProducerAsync()
    {
        var failed = Interlocked.Exchange(ref _producer, null);
        if (failed is not null)
            await Task.Run(failed.Dispose);
    }
}
