using System.Text.Json;
using Orleans.Storage;

namespace Airliner.Persistence.Postgres.AdoNet;

/// <summary>
/// Grain state as plain JSON by System.Text.Json with its web defaults. Orleans' own default writes the names of CLR types
/// into the state, so that a class could no longer be renamed or moved.
/// </summary>
internal sealed class JsonGrainStorageSerializer : IGrainStorageSerializer
{
    // A state that is null is a bug of its grain, better found by the writer than by the next reader.
    public BinaryData Serialize<T>(T? input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new BinaryData(JsonSerializer.SerializeToUtf8Bytes(input, JsonSerializerOptions.Web));
    }

    public T Deserialize<T>(BinaryData input) =>
        JsonSerializer.Deserialize<T>(input, JsonSerializerOptions.Web)
        ?? throw new JsonException($"The stored state of a {typeof(T).Name} is the literal null.");
}
