using System.Buffers;
using System.Text.Json;
using Airliner.Contracts;

namespace Airliner.Tasks.Grains.Webhooks;

/// <summary>An event on its way to a webhook.</summary>
/// <param name="EventId">The event's <c>ce_id</c>, by which receivers tell a repeat.</param>
/// <param name="At">When it happened.</param>
/// <param name="Data">The event's value as Kafka has it, a JSON object.</param>
/// <param name="Attempts">How often it was tried.</param>
internal sealed record WebhookDelivery(string EventId, string EventType, DateTimeOffset At, string Data, int Attempts)
{
    /// <summary>The body: the same for every try.</summary>
    public byte[] Body()
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = AirlinerJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("type", EventType);
            json.WritePropertyName("timestamp");
            JsonSerializer.Serialize(json, At, AirlinerJson.Options);
            json.WritePropertyName("data");
            json.WriteRawValue(Data);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }
}

/// <summary>What a try of a delivery came to.</summary>
/// <param name="Attempts">How often it was tried, with this try.</param>
/// <param name="Status">One of <see cref="DeliveryStatuses"/>.</param>
/// <param name="NextAttemptAt">When it is tried again; null where it is not.</param>
/// <param name="Answer">What the endpoint answered.</param>
internal sealed record TriedDelivery(string EventId, int Attempts, string Status, DateTimeOffset? NextAttemptAt, WebhookAnswer Answer);

/// <summary>What a delivery's status may be.</summary>
internal static class DeliveryStatuses
{
    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";
}
