using System.Collections.Concurrent;
using System.Threading.Channels;
using Airliner.Kafka.Consumers;

namespace Airliner.Kafka.Tests.Consumers;

/// <summary>A handler whose effect is a list, and that does what a test tells it to.</summary>
internal sealed class RecordingHandler(string group, params IReadOnlyList<string> topics) : IEventHandler
{
    private readonly Channel<IReadOnlyList<ConsumedEvent>> _batches = Channel.CreateUnbounded<IReadOnlyList<ConsumedEvent>>();

    public string Group => group;

    public IReadOnlyList<string> Topics => topics;

    /// <summary>The events that have had their effect, in order, with repeats.</summary>
    public ConcurrentQueue<ConsumedEvent> Handled { get; } = [];

    /// <summary>Called with each batch before it has its effect.</summary>
    public Func<IReadOnlyList<ConsumedEvent>, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Why an event is rejected; null for one that is not.</summary>
    public Func<ConsumedEvent, string?> Rejects { get; set; } = _ => null;

    public async Task<IReadOnlyList<EventRejection>> HandleAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        await Before(events, cancellationToken);
        var rejections = new List<EventRejection>();
        foreach (var e in events)
        {
            if (Rejects(e) is { } reason)
                rejections.Add(new EventRejection(e, reason));
            else
                Handled.Enqueue(e);
        }

        _batches.Writer.TryWrite(events);
        return rejections;
    }

    /// <summary>Ends when so many different events have had their effect.</summary>
    public async Task HasHandledAsync(int distinct)
    {
        using var patience = new CancellationTokenSource(Brokers.KafkaFixture.Patience);
        while (Handled.DistinctBy(e => e.Id).Count() < distinct)
            await _batches.Reader.ReadAsync(patience.Token);
    }

    /// <summary>Each entity's sequences in the order of their effect, those not above the last left out.</summary>
    public Dictionary<string, long[]> Sequences() => Handled.GroupBy(e => e.Subject).ToDictionary(entity => entity.Key, entity =>
    {
        var last = 0L;
        return entity.Select(e => e.Sequence).Where(sequence => sequence > last && (last = sequence) > 0).ToArray();
    });
}
