using System.Collections.Frozen;
using Airliner.Notifications.Grains;
using Airliner.ServiceDefaults;

namespace Airliner.Notifications.Silo.Events;

/// <summary>
/// The operator's table: by which of its channels an event goes, where not by all. Section <c>Notifications:Events</c>, with
/// <c>&lt;event type&gt;:Channels</c>, the channels with commas between: one text, since a configuration cannot tell an empty list from none.
/// </summary>
internal sealed class EventChannels
{
    private const string Section = "Notifications:Events";
    private const string Member = "Channels";

    private static readonly ILookup<string, string> _known =
        NotificationRules.All.OrderBy(rule => rule.EventType, StringComparer.Ordinal).ToLookup(rule => rule.EventType, rule => rule.Channel);

    private readonly FrozenDictionary<string, string[]> _named;

    private EventChannels(IEnumerable<KeyValuePair<string, string[]>> named) => _named = named.ToFrozenDictionary();

    /// <exception cref="InvalidOperationException">A setting names what there is not, or takes from security what it has to have; the message names it.</exception>
    public static EventChannels Load(IConfiguration configuration) => new(configuration.GetSection(Section).GetChildren().Select(entry => Read(configuration, entry)));

    /// <summary>The plan without the channels by which events of this type do not go.</summary>
    public NotificationPlan Limit(NotificationPlan plan, string eventType) =>
        _named.TryGetValue(eventType, out var channels) ? plan with { Channels = [.. plan.Channels.Where(channels.Contains)] } : plan;

    private static KeyValuePair<string, string[]> Read(IConfiguration configuration, IConfigurationSection entry)
    {
        // Names of settings have no case.
        var known = _known.FirstOrDefault(known => known.Key.Equals(entry.Key, StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidOperationException($"{entry.Path}: users are not told of such an event. They are of {string.Join(", ", _known.Select(known => known.Key))}.");
        if (entry.GetChildren().ToArray() is not [var member] || !member.Key.Equals(Member, StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"{entry.Path} must have {Member}, and nothing else.");
        if (member.GetChildren().Any())
            throw new InvalidOperationException($"{member.Path} must be one text with commas between the channels, an empty one for none.");
        var channels = configuration.Entries(member.Path);
        if (channels.Except(known).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"{member.Path}: there are no templates for '{unknown}', only for {string.Join(", ", known)}.");
        return NotificationRules.FixedOf(known.Key).Except(channels).FirstOrDefault() is { } lacking
            ? throw new InvalidOperationException($"{member.Path} must have '{lacking}', by which security tells of it in any case.")
            : KeyValuePair.Create(known.Key, channels);
    }
}
