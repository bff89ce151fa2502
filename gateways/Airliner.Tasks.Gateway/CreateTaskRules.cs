using System.Text;
using System.Text.Json;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Requests;
using FluentValidation;

namespace Airliner.Tasks.Gateway;

/// <summary>The body of a create.</summary>
internal sealed record CreateTaskBody(
    long? UserId, string? TaskType, string? Priority, JsonElement? Parameters, DateTimeOffset? RunAt, int? MaxAttempts, int? TimeoutSeconds,
    int? StartWithinSeconds, DateTimeOffset? Deadline);

/// <summary>What a create must fulfil. What <c>parameters</c> hold is the handler's to judge.</summary>
internal sealed class CreateTaskRules : AbstractValidator<CreateTaskBody>
{
    private const int MaxParametersBytes = 64 * 1024;

    /// <summary>Times that are reckoned from it are still times.</summary>
    private static readonly DateTimeOffset _latest = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public CreateTaskRules()
    {
        RuleFor(body => body.UserId).IsId("userId");
        // Whether it is a registered one is asked of the silo.
        RuleFor(body => body.TaskType).Must(type => type is null || TaskTypeNames.AreLike(type))
            .WithMessage($"must be a registered type, {TaskTypeNames.Rule}.").OverridePropertyName("taskType");
        RuleFor(body => body.Priority).IsOneOf("priority", Priorities.All);
        RuleFor(body => body.Parameters).Must(parameters => parameters is null or { ValueKind: JsonValueKind.Object or JsonValueKind.Null })
            .WithMessage("must be a JSON object.").OverridePropertyName("parameters");
        RuleFor(body => body.Parameters).Must(parameters => parameters is not { } json || Encoding.UTF8.GetByteCount(json.GetRawText()) <= MaxParametersBytes)
            .WithMessage("must have at most 64 KiB; upload what is larger as a file.").OverridePropertyName("parameters");
        RuleFor(body => body.MaxAttempts).InclusiveBetween(1, TaskBounds.MostAttempts).WithMessage($"must be from 1 to {TaskBounds.MostAttempts}.").OverridePropertyName("maxAttempts");
        RuleFor(body => body.TimeoutSeconds).InclusiveBetween(1, TaskBounds.LongestTimeoutSeconds)
            .WithMessage($"must be from 1 to {TaskBounds.LongestTimeoutSeconds}.").OverridePropertyName("timeoutSeconds");
        RuleFor(body => body.StartWithinSeconds).InclusiveBetween(1, TaskBounds.LongestStartWithinSeconds)
            .WithMessage($"must be from 1 to {TaskBounds.LongestStartWithinSeconds}, which is 30 days.").OverridePropertyName("startWithinSeconds");
        RuleFor(body => body.RunAt).Must(runAt => runAt is null || runAt < _latest)
            .WithMessage($"must be before {_latest:yyyy}.").OverridePropertyName("runAt");
        RuleFor(body => body.Deadline).Must(deadline => deadline is null || deadline > TimeProvider.System.GetUtcNow())
            .WithMessage("must be in the future.").OverridePropertyName("deadline");
        RuleFor(body => body.Deadline).Must((body, deadline) => !(deadline <= body.RunAt))
            .WithMessage("must be after runAt.").OverridePropertyName("deadline");
    }
}
