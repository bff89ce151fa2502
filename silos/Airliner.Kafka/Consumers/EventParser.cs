using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
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
            if (!Utf8.IsValid(record.Message.Value))
                throw new FormatException("the value is not UTF-8");
            // An escape may stand for half of a character (RFC 8259, 8.2), at which whoever reads the value would fail.
            if (record.Message.Value.AsSpan().IndexOf("\\u"u8) >= 0)
                ReadTexts(value);

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
        catch (Exception bad) when (bad is FormatException or JsonException or OverflowException or ArgumentException or InvalidOperationException)
        {
            (reason, error) = (bad is JsonException ? $"the value is not JSON: {bad.Message}" : bad.Message, bad);
            return false;
        }
    }

    /// <exception cref="InvalidOperationException">A name or a text in it has half a surrogate pair.</exception>
    private static void ReadTexts(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    ReadTexts(item);
                break;
            case JsonValueKind.String:
                _ = value.GetString();
                break;
        }
    }
}
