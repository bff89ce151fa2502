using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Airliner.Testing;

/// <summary>
/// Records what the process logs while it lives, whatever the level that the console shows: through the event source that every host's logging writes to.
/// </summary>
public sealed class LogRecorder : EventListener
{
    private const EventKeywords FormattedMessage = (EventKeywords)4;

    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Extensions-Logging")
            EnableEvents(eventSource, EventLevel.Verbose, FormattedMessage);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData) => _lines.Enqueue(string.Join(' ', eventData.Payload ?? (IEnumerable<object?>)[]));
}
