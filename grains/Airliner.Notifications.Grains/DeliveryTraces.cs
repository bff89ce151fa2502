using System.Diagnostics;
using Airliner.Notifications.Grains.Providers;

namespace Airliner.Notifications.Grains;

/// <summary>Spans of deliveries, in the trace of the event that is told of.</summary>
internal static class DeliveryTraces
{
    private static readonly ActivitySource _source = new("Airliner.Notifications");

    /// <summary>Begins a delivery. What called for it, a sweep, is linked.</summary>
    public static Activity? Deliver(long id, NotificationState notification)
    {
        ActivityLink[] sweep = Activity.Current is { } caller ? [new(caller.Context)] : [];
        return _source.StartActivity($"deliver {notification.Channel}", ActivityKind.Internal, EventData.TraceOf(notification.Data) ?? default, links: sweep)?
            .SetTag("airliner.notification.id", id)
            .SetTag("airliner.notification.channel", notification.Channel)
            .SetTag("cloudevents.event_type", notification.EventType);
    }

    /// <summary>Begins the hand-over to a provider.</summary>
    public static Activity? HandOver(IChannelProvider provider)
    {
        var span = _source.StartActivity($"send {provider.Channel}", ActivityKind.Client)?.SetTag("airliner.notification.provider", provider.Name);
        if (span is not null && Uri.TryCreate(provider.Name, UriKind.Absolute, out var server))
        {
            span.SetTag("network.protocol.name", server.Scheme);
            span.SetTag("server.address", server.Host);
            span.SetTag("server.port", server.Port);
        }

        return span;
    }

    /// <summary>Says what the provider made of it. An error's text may hold the address, and is no part of a trace.</summary>
    public static void Answered(Activity? span, string outcome, Exception? error)
    {
        span?.SetTag("airliner.notification.outcome", outcome);
        if (error is not null)
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", error.GetType().FullName);
    }
}
