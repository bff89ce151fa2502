using System.Text.Json;
using System.Text.Json.Serialization;
using Airliner.Contracts.Tasks;
using FluentValidation;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Airliner.Tasks.Gateway;

/// <summary>The body of a batch.</summary>
/// <param name="GroupName">Makes a group of the tasks, of this name.</param>
internal sealed record TaskBatchBody(IReadOnlyList<BatchItem?>? Tasks, string? GroupName)
{
    /// <summary>Says in the OpenAPI document what the items are, as it cannot see into their converter.</summary>
    public static Task DescribeItems(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(IReadOnlyList<BatchItem?>))
            schema.Items = new OpenApiSchemaReference(nameof(CreateTaskBody), context.Document);
        return Task.CompletedTask;
    }
}

/// <summary>What a batch as a whole must fulfil. Its items are judged one by one.</summary>
internal sealed class TaskBatchRules : AbstractValidator<TaskBatchBody>
{
    public TaskBatchRules()
    {
        RuleFor(body => body.Tasks).Must(tasks => tasks is { Count: >= 1 and <= CreateTaskBatch.Most })
            .WithMessage($"must have 1 to {CreateTaskBatch.Most} tasks: split what is more into several batches.").OverridePropertyName("tasks");
        RuleFor(body => body.GroupName).Must(name => name is null || (name.Trim() is { Length: >= 1 and <= 100 } given && !given.Any(char.IsControl)))
            .WithMessage("must have 1 to 100 characters and no control characters.").OverridePropertyName("groupName");
    }
}

/// <summary>
/// One task of a batch as it was sent: the body of a create, or why it cannot be read as one; neither where it is no object. What is wrong with an item is its own
/// affair, so the whole is read without it.
/// </summary>
[JsonConverter(typeof(Converter))]
internal sealed record BatchItem(CreateTaskBody? Body, JsonException? Error)
{
    private sealed class Converter : JsonConverter<BatchItem>
    {
        public override BatchItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var json = JsonElement.ParseValue(ref reader);
            if (json.ValueKind != JsonValueKind.Object)
                return new(null, null);
            try
            {
                return new(json.Deserialize<CreateTaskBody>(options), null);
            }
            catch (JsonException error)
            {
                // Without the place, which would count from the item's own first byte.
                return new(null, new JsonException(error.Message, error.Path, null, null));
            }
        }

        public override void Write(Utf8JsonWriter writer, BatchItem value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
