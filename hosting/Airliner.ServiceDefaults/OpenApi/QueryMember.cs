using System.Globalization;
using System.Text.Json.Nodes;
using Airliner.Contracts;
using Microsoft.OpenApi;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>A member of a route's query as the OpenAPI document shows it. Handlers read theirs by <see cref="Requests.ListQuery"/>, whose methods have the same names.</summary>
public sealed class QueryMember
{
    private QueryMember(string name, OpenApiSchema schema, string? description = null) => (Name, Schema, Description) = (name, schema, description);

    internal string Name { get; }

    internal OpenApiSchema Schema { get; }

    internal string? Description { get; }

    /// <summary>How every list is paged.</summary>
    internal static IReadOnlyList<QueryMember> Page { get; } =
    [
        Number("limit", 1, PageRequest.MaxLimit, PageRequest.DefaultLimit),
        new("cursor", new() { Type = JsonSchemaType.String }, "The nextCursor of the page before."),
        new("offset", Number("offset").Schema, "How many to pass over: for existing clients. A cursor costs less."),
    ];

    public static QueryMember Text(string name) => new(name, new() { Type = JsonSchemaType.String });

    public static QueryMember OneOf(string name, IEnumerable<string> allowed) =>
        new(name, new() { Type = JsonSchemaType.String, Enum = [.. allowed.Select(value => (JsonNode)value)] });

    /// <summary>Whose things are asked for.</summary>
    public static QueryMember UserId { get; } = Number("userId", min: 1);

    public static QueryMember Number(string name, long min = 0) => Number(name, min, max: null, given: null);

    /// <param name="given">What it is where it is not named.</param>
    public static QueryMember Number(string name, long min, long? max, long? given) => new(name, new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int64",
        Minimum = min.ToString(CultureInfo.InvariantCulture),
        Maximum = max?.ToString(CultureInfo.InvariantCulture),
        Default = given,
    });

    public static QueryMember Time(string name) => new(name, new() { Type = JsonSchemaType.String, Format = "date-time" });
}
