using System.Text.Json;
using Airliner.Contracts;
using FluentValidation;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>The members that a body must have: those that its rules miss in one that has none.</summary>
internal sealed record RequiredMembers(Type Body, IReadOnlySet<string> Names)
{
    public static RequiredMembers Of<TBody>(IValidator<TBody> rules) => new(
        typeof(TBody),
        rules.Validate(JsonSerializer.Deserialize<TBody>("{}", AirlinerJson.Options)!).Errors.Select(error => error.PropertyName).ToHashSet(StringComparer.Ordinal));
}
