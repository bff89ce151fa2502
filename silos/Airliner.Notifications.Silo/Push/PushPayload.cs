using System.Text;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Notifications.Grains.Providers;

namespace Airliner.Notifications.Silo.Push;

/// <summary>What a browser's service worker gets: JSON.</summary>
/// <param name="NotificationId">The same for a repeat: a worker shows it under this as its <c>tag</c>.</param>
internal sealed record PushPayload(string Title, string Body, long NotificationId, string EventType)
{
    /// <summary>What a push service has to take is 4,096 bytes (RFC 8030 §7.2), of which encryption takes 103 (RFC 8291 §4).</summary>
    public const int MaxBytes = 3993;

    private const string Ellipsis = "…";

    /// <summary>The JSON, with a body that is cut where the whole would be too long.</summary>
    public static string Of(OutgoingNotification notification)
    {
        var body = notification.Content.Text;
        for (var cut = body.Length; ;)
        {
            var text = cut == body.Length ? body : body[..cut] + Ellipsis;
            var json = JsonSerializer.Serialize(new PushPayload(notification.Content.Subject, text, notification.Id, notification.EventType), AirlinerJson.Options);
            var excess = Encoding.UTF8.GetByteCount(json) - MaxBytes;
            if (excess <= 0 || cut == 0)
                return json;
            // A character takes at least one byte; the ellipsis at most six.
            cut = Math.Max(0, Math.Min(cut, body.Length) - excess - (cut == body.Length ? 6 : 0));
            if (cut > 0 && char.IsHighSurrogate(body[cut - 1]))
                cut--;
        }
    }
}
