using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Airliner.Contracts;

/// <summary>
/// An id that is a number to us alone: JSON has it as a string, of which clients know nothing but whether two are the same. So has it every id but those of users,
/// tasks, files and schedules. Numbers are read too, as events and bodies of before have them; any other value is a <see cref="JsonException"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OpaqueIdAttribute() : JsonConverterAttribute(typeof(Converter))
{
    /// <summary>The serializer takes it for <c>long?</c> as well.</summary>
    private sealed class Converter : JsonConverter<long>
    {
        public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.String when long.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) => id,
            JsonTokenType.Number when reader.TryGetInt64(out var id) => id,
            _ => throw new JsonException(),
        };

        public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
