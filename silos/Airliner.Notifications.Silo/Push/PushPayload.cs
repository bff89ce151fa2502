using System.Text;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Notifications.Grains.Providers;

namespace Airliner.Notifications.Silo.Push;

/// <summary>What a browser's service worker gets: JSON.</summary>
/// <param name="NotificationId">The same for a repeat: a worker shows it under this as its <c>tag</c>.</param>
internal sealed record PushPayload(string Title, string Body, [property: OpaqueId] long NotificationId, string EventType)
{
    /// <summary>What a push service has to take is 4,096 bytes (RFC 8030 §7.2), of which encryption takes 103 (RFC 8291 §4).</summary>
    private const int MaxBytes = 3993;

    /// <summary>The JSON, with a body that is cut where the whole would be too long.</summary>
    public static string Of(OutgoingNotification notification)
    {
        var body = notification.Content.Text;
        var whole = Json(body);
        if (Fits(whole))
            return whole;
        var (fits, tooLong) = (0, body.Length);
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (Fits(Json(Cut(body, middle))))
                fits = middle;
            else
                tooLong = middle;
        }

        return Json(Cut(body, fits));

        string Json(string text) =>
            JsonSerializer.Serialize(new PushPayload(notification.Content.Subject, text, notification.Id, notification.EventType), AirlinerJson.Options);
    }

    private static bool Fits(string json) => Encoding.UTF8.GetByteCount(json) <= MaxBytes;

    /// <summary>The beginning of a text, never half a surrogate pair.</summary>
    private static string Cut(string text, int length) =>
        $"{text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)]}…";
}
