using System.Globalization;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Streams;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>What every gateway's OpenAPI document says of tokens and errors, so that no endpoint has to.</summary>
internal static class DocumentDefaults
{
    private const string Problem = "Problem";
    private const string Bearer = "bearer";
    private const string ProblemJson = "application/problem+json";

    /// <summary>Adds the gateway's document.</summary>
    public static void AddGatewayDocument(this IServiceCollection services, string service) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = $"Airliner Administration: {service}", Version = "v1" };
            // Addresses are the deployment's; a client has this document from there.
            document.Servers = [];
            document.AddComponent<IOpenApiSecurityScheme>(Bearer, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = Bearer,
                BearerFormat = "JWT",
                Description = "An access token of Token Management, in the Authorization header.",
            });
            document.AddComponent<IOpenApiSchema>(Problem, ProblemSchema());
            document.AddComponent<IOpenApiParameter>(IdempotencyKey.Header, KeyParameter());
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(MemberSchemas.Mend);
        options.AddOperationTransformer(async (operation, context, cancellationToken) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<FormMetadata>().FirstOrDefault() is { Form: var form })
                operation.RequestBody = Body("application/x-www-form-urlencoded", await SchemaAsync(form));
            else
                Describe(operation, context.Document!, context.Description.HttpMethod, metadata);
            if (metadata.OfType<JsonMetadata>().FirstOrDefault() is { Body: var body })
                operation.RequestBody = Body("application/json", await SchemaAsync(body));

            Task<OpenApiSchema> SchemaAsync(Type type) => context.GetOrCreateSchemaAsync(type, new ApiParameterDescription { Type = type }, cancellationToken);
        });
    });

    private static void Describe(OpenApiOperation operation, OpenApiDocument document, string? method, IList<object> metadata)
    {
        var statuses = new SortedSet<int>(metadata.OfType<RefusalMetadata>().SelectMany(refusal => refusal.Statuses));
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
            statuses.Add(401);
        }

        if (metadata.OfType<IAcceptsMetadata>().Any())
            statuses.UnionWith([400, 413, 415]);
        if (metadata.OfType<OpaqueIdMetadata>().Any())
            operation.Parameters!.OfType<OpenApiParameter>().Single(parameter => parameter.In == ParameterLocation.Path).Schema = new OpenApiSchema { Type = JsonSchemaType.String };
        foreach (var member in metadata.OfType<QueryMetadata>().SelectMany(query => query.Members))
            Add(new() { Name = member.Name, In = ParameterLocation.Query, Description = member.Description, Schema = member.Schema });
        foreach (var header in metadata.OfType<HeaderMetadata>().Where(header => !header.IsAnswered))
            Add(new() { Name = header.Name, In = ParameterLocation.Header, Description = header.Description, Schema = Text() });
        // A body that can be left out need not be null as well, which many a generator cannot say.
        foreach (var content in operation.RequestBody?.Content?.Values ?? [])
            content.Schema = content.Schema is { OneOf: [{ Type: JsonSchemaType.Null }, var body] } ? body : content.Schema;
        if (metadata.OfType<FileMetadata>().Any())
            operation.RequestBody = FileBody();
        if (KeyedRoutes.HonourKeys(method, metadata))
        {
            (operation.Parameters ??= []).Add(new OpenApiParameterReference(IdempotencyKey.Header, document));
            statuses.UnionWith([400, 409, 422]);
        }

        operation.Responses ??= [];
        foreach (var answer in operation.Responses.Where(answer => answer.Key.StartsWith('2')).Select(answer => answer.Value).OfType<OpenApiResponse>())
        {
            if (metadata.OfType<LiveStreamMetadata>().Any() && answer.Content is { Count: > 0 } content)
                content.TryAdd(EventStreams.ContentType, new OpenApiMediaType { Schema = Text() });
            foreach (var header in metadata.OfType<HeaderMetadata>().Where(header => header.IsAnswered))
                (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())[header.Name] = new OpenApiHeader { Description = header.Description, Schema = Text() };
        }

        statuses.UnionWith([429, 503]);
        foreach (var status in statuses)
        {
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = ReasonPhrases.GetReasonPhrase(status),
                Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = new OpenApiSchemaReference(Problem, document) } },
            };
        }

        void Add(OpenApiParameter parameter) => (operation.Parameters ??= []).Add(parameter);
    }

    private static OpenApiParameter KeyParameter() => new()
    {
        Name = IdempotencyKey.Header,
        In = ParameterLocation.Header,
        Description = "Names the request, for 24 hours: sent again with the same key and body, it is answered with the same bytes and Idempotent-Replayed: true. "
            + "409 while it is being carried out, 422 where the key stands for another request.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 255 },
    };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiRequestBody Body(string contentType, OpenApiSchema schema) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType> { [contentType] = new() { Schema = schema } },
    };

    private static OpenApiRequestBody FileBody()
    {
        var bytes = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        var form = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = bytes } };
        return new()
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { ["*/*"] = new() { Schema = bytes }, ["multipart/form-data"] = new() { Schema = form } },
        };
    }

    /// <summary>RFC 9457 with the members that existing clients read.</summary>
    private static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "type", "title", "status", "detail", "instance", "traceId", "message", "error" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri" },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["instance"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["traceId"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["message"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The same as detail." },
            ["error"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The status as a word, for example NOT_FOUND." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "What is wrong, by field.",
                AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        },
    };
}
