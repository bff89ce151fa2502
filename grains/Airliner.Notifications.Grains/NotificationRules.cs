using System.Collections.Frozen;
using System.Text.Json;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains;

/// <summary>Which events are told of, and how. Pure.</summary>
internal static class NotificationRules
{
    private const int MaxEventIdLength = 200;

    private static readonly string[] _byPreference = [Channels.Email, Channels.Sms, Channels.Push];

    private static readonly FrozenDictionary<string, Rule> _rules = new Rule[]
    {
        new("user_registered", NotificationCategories.Account, [Channels.Email], []),
        new("user_email_verification_requested", NotificationCategories.Security, [Channels.Email], []) { HasCode = true },
        new("user_password_reset_requested", NotificationCategories.Security, [Channels.Email], []) { HasCode = true },
        new("user_updated", NotificationCategories.Security, [Channels.Email, Channels.InApp], []) { Concerns = IsOfEmail },
        new("user_password_changed", NotificationCategories.Security, [Channels.Email, Channels.InApp], []),
        new("account_locked", NotificationCategories.Security, [Channels.Email, Channels.InApp], []),
        new("refresh_token_reused", NotificationCategories.Security, [Channels.Email, Channels.InApp], []),
        new("task_created", NotificationCategories.Tasks, [Channels.InApp], ["taskId"]),
        new("task_completed", NotificationCategories.Tasks, [Channels.InApp], ["taskId"]) { Optional = _byPreference },
        new("task_failed", NotificationCategories.Tasks, [Channels.InApp], ["taskId"]) { Optional = _byPreference },
        new("task_cancelled", NotificationCategories.Tasks, [Channels.InApp], ["taskId"]) { Optional = _byPreference },
    }.ToFrozenDictionary(rule => rule.EventType);

    /// <summary>Every event type with each channel that it can be told by.</summary>
    public static IEnumerable<(string EventType, string Channel)> All =>
        from rule in _rules.Values from channel in rule.Channels.Concat(rule.Optional) select (rule.EventType, channel);

    /// <summary>What notifications of an event are about, one of <see cref="NotificationCategories"/>.</summary>
    /// <exception cref="KeyNotFoundException">Nothing is told of events of this type.</exception>
    public static string CategoryOf(string eventType) => _rules[eventType].Category;

    /// <summary>The channels that nobody can take from events of a type: security's.</summary>
    /// <inheritdoc cref="CategoryOf" path="/exception"/>
    public static IReadOnlyList<string> FixedOf(string eventType) => _rules[eventType] is { Category: NotificationCategories.Security } rule ? rule.Channels : [];

    /// <summary>Whether events of a type name a one-time code, which their mail has.</summary>
    public static bool HasCode(string eventType) => _rules.TryGetValue(eventType, out var rule) && rule.HasCode;

    /// <summary>What the event asks for. A type that is not known asks for nothing; one that is known and lacks what it needs is refused.</summary>
    /// <param name="eventId">Its <c>ce_id</c>.</param>
    /// <param name="eventType">Its <c>ce_type</c>.</param>
    /// <param name="value">The record's value.</param>
    /// <param name="traceParent">The W3C trace context of its handling.</param>
    public static NotificationPlan PlanFor(string eventId, string eventType, JsonElement value, string? traceParent = null)
    {
        if (!_rules.TryGetValue(eventType, out var rule))
            return NotificationPlan.Skip;
        if (eventId.Length is 0 or > MaxEventIdLength || eventId.Any(char.IsControl))
            return NotificationPlan.Refuse($"The event's id is not of 1 to {MaxEventIdLength} printable characters.");
        if (value.ValueKind != JsonValueKind.Object)
            return NotificationPlan.Refuse("The value is not a JSON object.");
        if (!rule.Concerns(value))
            return NotificationPlan.Skip;
        if (rule.HasCode && !(value.TryGetProperty("codeId", out var code) && code.ValueKind == JsonValueKind.String))
            return NotificationPlan.Refuse("'codeId' is not a text.");
        foreach (var name in rule.Ids.Prepend("userId"))
        {
            if (!IsId(value, name, out _))
                return NotificationPlan.Refuse($"'{name}' is not a positive integer.");
        }

        IsId(value, "userId", out var userId);
        return EventData.TryFlatten(value, out var data, out var problem, traceParent)
            ? new NotificationPlan(rule.Category, [.. rule.Channels, .. rule.Optional], userId, data, null)
            : NotificationPlan.Refuse(problem);
    }

    private static bool IsId(JsonElement value, string name, out long id)
    {
        id = 0;
        return value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out id) && id > 0;
    }

    /// <summary>Whether a change is one of the e-mail address, and says when it was: by that the address before is found.</summary>
    private static bool IsOfEmail(JsonElement value) =>
        value.TryGetProperty("changed", out var changed) && changed.ValueKind == JsonValueKind.Array
        && changed.EnumerateArray().Any(member => member.ValueKind == JsonValueKind.String && member.ValueEquals("email"))
        && value.TryGetProperty("timestamp", out var at) && at.ValueKind == JsonValueKind.String && at.TryGetDateTimeOffset(out _);

    /// <param name="Ids">The ids that the value must have beside <c>userId</c>.</param>
    private sealed record Rule(string EventType, string Category, string[] Channels, string[] Ids)
    {
        /// <summary>The channels by which it goes only where its user asks for it.</summary>
        public string[] Optional { get; init; } = [];

        /// <summary>Whether the event names a one-time code.</summary>
        public bool HasCode { get; init; }

        /// <summary>Whether an event of this type is told of at all.</summary>
        public Func<JsonElement, bool> Concerns { get; init; } = _ => true;
    }
}
