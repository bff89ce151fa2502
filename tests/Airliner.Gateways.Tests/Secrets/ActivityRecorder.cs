using System.Collections.Concurrent;
using System.Diagnostics;

namespace Airliner.Gateways.Tests.Secrets;

/// <summary>Records every span of the process while it lives, whatever would be exported of it.</summary>
internal sealed class ActivityRecorder : IDisposable
{
    private readonly ConcurrentQueue<string> _spans = new();
    private readonly ActivityListener _listener;

    public ActivityRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => _spans.Enqueue(Text(activity)),
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyCollection<string> Spans => _spans;

    public void Dispose() => _listener.Dispose();

    private static string Text(Activity activity) => string.Join(
        ' ',
        [
            activity.Source.Name, activity.DisplayName, activity.StatusDescription, activity.TraceStateString,
            .. activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
            .. activity.Baggage.Select(item => $"{item.Key}={item.Value}"),
            .. activity.Events.SelectMany(e => e.Tags.Select(tag => $"{e.Name}: {tag.Key}={tag.Value}")),
        ]);
}
