using System.Diagnostics;

namespace Airliner.Persistence.Postgres.Telemetry;

/// <summary>
/// Work that is done once for many requests, as a commit of many writes is. Each request has a span of its own in its own trace; the work is a part of the first, and the
/// others are linked with that one, both ways.
/// </summary>
public static class SharedWork
{
    /// <summary>Makes what the calling method does from here on, to its end, a part of the first span, and links that with the others.</summary>
    /// <param name="spans">Those who wait for the work; null for one of whom nothing is collected.</param>
    public static void Begin(IEnumerable<Activity?> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        Activity? first = null;
        foreach (var span in spans)
        {
            if (span is null)
                continue;
            if (first is null)
            {
                first = span;
                continue;
            }

            // Of a span that is not collected nobody reads the links.
            if (first.IsAllDataRequested)
                first.AddLink(new ActivityLink(span.Context));
            if (span.IsAllDataRequested)
                span.AddLink(new ActivityLink(first.Context));
        }

        Activity.Current = first;
    }
}
