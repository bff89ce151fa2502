using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Airliner.Contracts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>
/// Which members a body has and which have to be there, and what times and opaque ids are: the framework takes each parameter of a record for required, and cannot see
/// into a converter.
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
        var isSent = context.ParameterDescription is not null;
        // What a body must have may not be null either.
        if (isSent && context.JsonPropertyInfo is { } property && RequiredOf(property.DeclaringType, context).Contains(property.Name))
            schema.Type &= ~JsonSchemaType.Null;
        var required = isSent ? RequiredOf(type, context) : [];
        // A member that is null can be left out of what is sent, unless its rules say otherwise, and is there in what is answered unless it says otherwise.
        foreach (var member in context.JsonTypeInfo.Properties.Where(member => isSent ? MayBeNull(member) && !required.Contains(member.Name) : IsLeftOutIfNull(member)))
            schema.Required?.Remove(member.Name);
        foreach (var member in context.JsonTypeInfo.Properties.Where(member => isSent && member is { Set: null, AssociatedParameter: null }))
            schema.Properties?.Remove(member.Name);
        return Task.CompletedTask;
    }

    private static HashSet<string> RequiredOf(Type body, OpenApiSchemaTransformerContext context) =>
    [
        .. context.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints
            .SelectMany(endpoint => endpoint.Metadata.GetOrderedMetadata<RequiredMembers>()).FirstOrDefault(required => required.Body == body)?.Names ?? (IEnumerable<string>)[],
    ];

    private static bool MayBeNull(JsonPropertyInfo member) =>
        Nullable.GetUnderlyingType(member.PropertyType) is not null || (!member.PropertyType.IsValueType && (member.IsGetNullable || member.IsSetNullable));

    private static bool IsLeftOutIfNull(JsonPropertyInfo member) =>
        member.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.WhenWritingNull }, ..];
}
