using System.Diagnostics;
using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Telemetry;
using Microsoft.Extensions.Logging;

namespace Airliner.Kafka.Consumers;

/// <summary>Brings a batch to its end: every event has had its effect, or is among the dead letters. Tries without limit.</summary>
internal sealed partial class BatchHandling(IEventHandler handler, DeadLetters deadLetters, Assignments assignments, TimeProvider time, ILogger logger)
{
    public async Task RunAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        // Before the handler, and once, however often that is tried: a database that is away holds up events, and not the news of what is none.
        await WriteAsync(batch.DeadLetters, cancellationToken);
        if (batch.Events.Count > 0)
            await WriteAsync((await HandleTracedAsync(batch, cancellationToken)).Select(batch.Reject), cancellationToken);
        KafkaInstruments.Handled(handler.Group, batch.Events.Count);
    }

    private async Task WriteAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken)
    {
        foreach (var letter in letters)
        {
            await deadLetters.WriteAsync(letter, cancellationToken);
            KafkaInstruments.Rejected(handler.Group, letter.Record.Topic);
            LogRejected(letter.Record.Topic, letter.Record.Partition.Value, letter.Record.Offset.Value, letter.Reason);
        }
    }

    private async Task<IReadOnlyList<EventRejection>> HandleTracedAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var spans = batch.Events.ConvertAll(e => KafkaTraces.Process(e, handler.Group));
        try
        {
            SharedWork.Begin(spans);
            // What comes of an event later goes on from its own span, whatever batch it came in.
            ConsumedEvent[] events = [.. batch.Events.Zip(spans, (e, span) => span is null ? e : e with { TraceParent = span.Id })];
            return await HandleAsync(batch, events, cancellationToken);
        }
        finally
        {
            spans.ForEach(span => span?.Dispose());
            KafkaInstruments.Processed(handler.Group, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task<IReadOnlyList<EventRejection>> HandleAsync(EventBatch batch, IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return events.Count == 0 ? [] : await handler.HandleAsync(events, cancellationToken);
            }
            catch (RecordRejectedException error) when (events.Count == 1)
            {
                return [new(events[0], error.Message, error)];
            }
            catch (RecordRejectedException)
            {
                // Nothing was taken. Halved until the event is alone that the database will never take.
                var half = events.Count / 2;
                var first = await HandleAsync(batch, [.. events.Take(half)], cancellationToken);
                return [.. first, .. await HandleAsync(batch, [.. events.Skip(half)], cancellationToken)];
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                LogTrouble(error, handler.Group, events.Count);
                await Task.Delay(Backoff.After(failures), time, cancellationToken);
            }

            // Who has a partition now handles its events: trying on for a partition that is gone would only hold up the others.
            var read = batch.Ends.ToDictionary(end => end.Next.TopicPartition, end => end.Assignment);
            events = [.. events.Where(e => assignments.IsCurrent(e.Position.TopicPartition, read[e.Position.TopicPartition]))];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Group} cannot handle {Count} events for now; trying again")]
    private partial void LogTrouble(Exception error, string group, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The record {Topic}[{Partition}]@{Offset} goes to the dead letters: {Reason}")]
    private partial void LogRejected(string topic, int partition, long offset, string reason);
}
