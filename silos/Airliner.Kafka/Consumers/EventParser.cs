using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Airliner.Kafka.Consumers;

/// <summary>Reads events from records, which anybody may have written.</summary>
internal static class EventParser
{
    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The event, or why the record is none.</summary>
    public static bool TryParse(
        ConsumeResult<byte[], byte[]> record, [NotNullWhen(true)] out ConsumedEvent? parsed, out string reason, [NotNullWhen(false)] out Exception? error)
    {
        (parsed, reason, error) = (null, "", null);
        try
        {
            var headers = record.Message.Headers;
            if (Required(CloudEventHeaders.SpecVersion) is var version && version != "1.0")
                throw new FormatException($"{CloudEventHeaders.SpecVersion} is {version}, not 1.0");
            Required(CloudEventHeaders.Source);
            if (record.Message.Key is null)
                throw new FormatException("the record has no key");
            if (record.Message.Value is null)
                throw new FormatException("the record has no value");

            var value = JsonElement.Parse(record.Message.Value);
            if (value.ValueKind != JsonValueKind.Object)
                throw new FormatException($"the value is a JSON {value.ValueKind}, not an object");

            parsed = new ConsumedEvent(
                Required(CloudEventHeaders.Id),
                Required(CloudEventHeaders.Type),
                Required(CloudEventHeaders.Subject),
                long.Parse(Required(CloudEventHeaders.Sequence), NumberStyles.None, CultureInfo.InvariantCulture),
                DateTimeOffset.Parse(Required(CloudEventHeaders.Time), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                _strictUtf8.GetString(record.Message.Key),
                value,
                CloudEventHeaders.Read(headers, CloudEventHeaders.TraceParent),
                record.TopicPartitionOffset);
            return true;

            string Required(string name) => CloudEventHeaders.Read(headers, name) ?? throw new FormatException($"the header {name} is missing");
        }
        catch (Exception bad) when (bad is FormatException or JsonException or OverflowException or ArgumentException)
        {
            (reason, error) = (bad is JsonException ? $"the value is not JSON: {bad.Message}" : bad.Message, bad);
            return false;
        }
    }
}
