using System.Text.Json;
using Airliner.Testing;

namespace Airliner.Gateways.Tests.BadInput;

/// <summary>A REST operation, as the gateway's OpenAPI document has it.</summary>
/// <param name="ContentType">Of the body; null where it takes none that is described.</param>
/// <param name="Members">The schemas of the body's members, by name.</param>
/// <param name="Required">The members that the body must have.</param>
/// <param name="PathParameters">Their types, by name.</param>
/// <param name="IsPaged">Whether it answers pages of a list.</param>
internal sealed record Operation(
    int Gateway, HttpMethod Method, string Path, string? ContentType, IReadOnlyDictionary<string, JsonElement> Members, IReadOnlyList<string> Required,
    IReadOnlyDictionary<string, string> PathParameters, bool IsPaged)
{
    private static readonly string[] _prefixes = ["/api/v1/eventstreammonitor/auth", "/api/v1/eventstreammonitor", "/api/v1/airliner"];

    /// <summary>Method and path, alike under every prefix that the route answers under.</summary>
    public string Route => $"{Method} {Path[(_prefixes.FirstOrDefault(prefix => Path.StartsWith(prefix + "/", StringComparison.Ordinal)) ?? "").Length..]}";

    /// <summary>The path with its parameters filled in.</summary>
    public string PathFor(string value) => PathParameters.Keys.Aggregate(Path, (path, name) => path.Replace($"{{{name}}}", value, StringComparison.Ordinal));

    /// <summary>Every operation of every gateway.</summary>
    public static async Task<IReadOnlyList<Operation>> AllAsync(RunningSystem system)
    {
        var all = new List<Operation>();
        for (var gateway = 0; gateway < system.Gateways.Count; gateway++)
        {
            using var answer = await system.Gateways[gateway].SendAsync(HttpMethod.Get, "/openapi/v1.json");
            var document = await answer.JsonAsync();
            foreach (var path in document.GetProperty("paths").EnumerateObject())
                all.AddRange(path.Value.EnumerateObject().Select(operation => Read(document, gateway, path.Name, operation)));
        }

        return all;
    }

    private static Operation Read(JsonElement document, int gateway, string path, JsonProperty operation)
    {
        var parameters = operation.Value.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToList() : [];
        var content = operation.Value.TryGetProperty("requestBody", out var described) ? described.GetProperty("content").EnumerateObject().Where(one => HasMembers(path, one)).ToList() : [];
        JsonProperty? body = content.Count > 0 ? content.Single() : null;
        return new(
            gateway,
            HttpMethod.Parse(operation.Name),
            path,
            body?.Name,
            body is { } members ? Properties(document, members.Value.GetProperty("schema")) : new Dictionary<string, JsonElement>(),
            body is { } whole ? RequiredOf(document, whole.Value.GetProperty("schema")) : [],
            parameters.Where(parameter => parameter.TryGetProperty("in", out var place) && place.GetString() == "path")
                .ToDictionary(parameter => parameter.GetProperty("name").GetString()!, parameter => parameter.GetProperty("schema").GetProperty("type").GetString()!),
            Answers(operation.Value).Any(schema => Properties(document, schema).ContainsKey("pagination")));
    }

    /// <summary>A file is taken as it is, so there is nothing in it to be wrong; of bounces their signature is judged first (BouncesTests).</summary>
    private static bool HasMembers(string path, JsonProperty content) =>
        (content.Name is "application/json" or "application/x-www-form-urlencoded") && !path.Contains("/bounces/", StringComparison.Ordinal);

    private static IEnumerable<JsonElement> Answers(JsonElement operation) => operation.GetProperty("responses").EnumerateObject()
        .Where(answer => answer.Name.StartsWith('2') && answer.Value.TryGetProperty("content", out _))
        .SelectMany(answer => answer.Value.GetProperty("content").EnumerateObject())
        .Select(content => content.Value.GetProperty("schema"));

    private static string[] RequiredOf(JsonElement document, JsonElement schema) =>
        Resolved(document, schema).TryGetProperty("required", out var required) ? [.. required.EnumerateArray().Select(member => member.GetString()!)] : [];

    private static JsonElement Resolved(JsonElement document, JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1])
        : schema;

    private static Dictionary<string, JsonElement> Properties(JsonElement document, JsonElement schema)
    {
        schema = Resolved(document, schema);
        return schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToDictionary(member => member.Name, member => member.Value) : [];
    }
}
