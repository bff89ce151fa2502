using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Airliner.Notifications.Grains;

/// <summary>The part of an event's value that a notification keeps.</summary>
internal static class EventData
{
    /// <summary>The member that is not the event's own: a delivery happens later, in another turn and perhaps in another silo, and belongs to the event's trace all the same.</summary>
    private const string TraceParent = "traceparent";

    /// <summary>
    /// The value's text, numbers and truth values as a JSON object that every <c>jsonb</c> column takes. Events are flat; what is nested is left out.
    /// Postgres refuses NUL, lone surrogates and numbers out of range, and with one such row the whole batch, so they are found here.
    /// </summary>
    /// <param name="traceParent">The W3C trace context of the event's handling, which is kept beside its members.</param>
    public static bool TryFlatten(
        JsonElement value, [NotNullWhen(true)] out string? data, [NotNullWhen(false)] out string? problem, string? traceParent = null)
    {
        data = null;
        problem = null;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (ActivityContext.TryParse(traceParent, null, out _))
                writer.WriteString(TraceParent, traceParent);
            foreach (var member in value.EnumerateObject())
            {
                if (!TryWrite(writer, member))
                {
                    problem = "The value has a text or a number that cannot be kept.";
                    return false;
                }
            }

            writer.WriteEndObject();
        }

        data = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        return true;
    }

    /// <summary>The trace context that is kept in a notification's data; null where there is none.</summary>
    public static ActivityContext? TraceOf(string data)
    {
        var parent = JsonElement.Parse(data).TryGetProperty(TraceParent, out var member) ? member.GetString() : null;
        return ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? context : null;
    }

    private static bool TryWrite(Utf8JsonWriter writer, JsonProperty member)
    {
        try
        {
            if (member.Name.Contains('\0'))
                return false;
            if (member.Name == TraceParent)
                return true;
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.String:
                    var text = member.Value.GetString()!;
                    writer.WriteString(member.Name, text);
                    return !text.Contains('\0');
                case JsonValueKind.Number when member.Value.TryGetInt64(out var integer):
                    writer.WriteNumber(member.Name, integer);
                    return true;
                case JsonValueKind.Number:
                    var number = member.Value.GetDouble();
                    if (!double.IsFinite(number))
                        return false;
                    writer.WriteNumber(member.Name, number);
                    return true;
                case JsonValueKind.True or JsonValueKind.False:
                    writer.WriteBoolean(member.Name, member.Value.GetBoolean());
                    return true;
                default:
                    return true;
            }
        }
        catch (InvalidOperationException)
        {
            // A text with half a surrogate pair has no UTF-16 form.
            return false;
        }
    }
}
