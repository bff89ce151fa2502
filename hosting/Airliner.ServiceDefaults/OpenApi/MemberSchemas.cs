using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Airliner.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>
/// Which members of a body have to be there, and what times and opaque ids are: the framework takes each parameter of a record for required, and cannot see into a
/// converter.
/// </summary>
internal static class MemberSchemas
{
    public static Task Mend(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var given = Nullable.GetUnderlyingType(type);
        if ((given ?? type) == typeof(DateTimeOffset))
            schema.Type = given is null && context.JsonPropertyInfo?.PropertyType == type ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
        else if (context.JsonPropertyInfo is { AttributeProvider: { } attributes } id && attributes.IsDefined(typeof(OpaqueIdAttribute), inherit: true))
            (schema.Type, schema.Format) = (Nullable.GetUnderlyingType(id.PropertyType) is null ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null, null);
        // A member that is null can be left out of what is sent, and is there in what is answered unless it says otherwise.
        foreach (var member in context.JsonTypeInfo.Properties.Where(member => context.ParameterDescription is not null ? MayBeNull(member) : IsLeftOutIfNull(member)))
            schema.Required?.Remove(member.Name);
        return Task.CompletedTask;
    }

    private static bool MayBeNull(JsonPropertyInfo member) =>
        Nullable.GetUnderlyingType(member.PropertyType) is not null || (!member.PropertyType.IsValueType && (member.IsGetNullable || member.IsSetNullable));

    private static bool IsLeftOutIfNull(JsonPropertyInfo member) =>
        member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }, ..];
}
