using System.Text.Json;
using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using FluentValidation;

namespace Airliner.Tasks.Gateway;

/// <summary>The body of a new schedule.</summary>
internal sealed record ScheduleBody(
    string? Cron, string? TimeZone, string? TaskType, string? Priority, JsonElement? Parameters, string? Name, string? MissedRuns, long? UserId, int? MaxAttempts,
    int? TimeoutSeconds)
{
    /// <summary>What was sent beside these members.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>The part that is as the body of a create, and judged by its rules.</summary>
    public CreateTaskBody AsCreate() => new(UserId, TaskType, Priority, Parameters, null, MaxAttempts, TimeoutSeconds, null, null);
}

/// <summary>What a new schedule must fulfil.</summary>
internal sealed class ScheduleRules : AbstractValidator<ScheduleBody>
{
    private static readonly CreateTaskRules _taskRules = new();

    /// <summary>Times of one task that no schedule keeps. Who sends one counts on it, so unlike members that nobody knows they are not ignored.</summary>
    private static readonly string[] _timesOfOneTask = ["runAt", "startWithinSeconds", "deadline"];

    /// <summary>Any time serves: what never comes after it never comes.</summary>
    private static readonly DateTimeOffset _aTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public ScheduleRules()
    {
        RuleFor(body => body.Cron).Cascade(CascadeMode.Stop)
            .Must(cron => cron is not null && Recurrence.IsCron(cron))
            .WithMessage(
                "must be a cron expression of five fields (minute, hour, day of month, month, day of week), for example 30 6 * * MON-FRI, or one of @every_minute, "
                + "@hourly, @daily, @weekly, @monthly and @yearly.")
            .Must(cron => Recurrence.Comes(cron!, _aTime))
            .WithMessage("never comes: the month has no such day. Right is for example 0 0 28 2 *, or 0 0 L * * for the last day of each month.")
            .OverridePropertyName("cron");
        RuleFor(body => body.TimeZone).Must(zone => zone is null || TimeZones.TryFind(zone, out _))
            .WithMessage("must be a time zone by its IANA name, for example Europe/Oslo.").OverridePropertyName("timeZone");
        RuleFor(body => body.Name).Must(name => name is null || (name.Trim().Length <= 100 && !name.Any(char.IsControl)))
            .WithMessage("must have at most 100 characters and no control characters.").OverridePropertyName("name");
        RuleFor(body => body.MissedRuns).Must(rule => rule is null || MissedRuns.Rules.Contains(rule))
            .WithMessage($"must be one of {string.Join(", ", MissedRuns.Rules)}.").OverridePropertyName("missedRuns");
        RuleFor(body => body).Custom((body, context) =>
        {
            foreach (var member in _timesOfOneTask.Where(member => Has(body, member)))
            {
                context.AddFailure(
                    member,
                    "must be left out: of its tasks a schedule takes taskType, priority, parameters, maxAttempts and timeoutSeconds; when they are due is cron's to say, and by "
                    + "when they start and complete their type's.");
            }
        });
        RuleFor(body => body).Custom((body, context) => _taskRules.Validate(body.AsCreate()).Errors.ForEach(context.AddFailure));
    }

    /// <summary>Whether it was sent, in whatever case, as other members are read.</summary>
    private static bool Has(ScheduleBody body, string member) => body.Others?.Any(
        other => other.Value.ValueKind != JsonValueKind.Null && string.Equals(other.Key, member, StringComparison.OrdinalIgnoreCase)) == true;
}
