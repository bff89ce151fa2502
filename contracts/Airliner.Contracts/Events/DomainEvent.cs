using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Airliner.Contracts.Events;

/// <summary>
/// Something that happened to an entity, as other systems learn of it. A subclass is the whole definition of an event: its
/// <see cref="EventAttribute"/> names topic and type, its properties are the members of the JSON value.
/// </summary>
public abstract record DomainEvent
{
    private static readonly ConcurrentDictionary<Type, EventAttribute> _descriptions = new();

    /// <summary>The event's type as consumers see it, for example <c>task_created</c>.</summary>
    [JsonPropertyOrder(-2)]
    public string EventType => Description.Type;

    /// <summary>When it happened, UTC.</summary>
    [JsonPropertyOrder(1)]
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The Kafka topic that carries it.</summary>
    [JsonIgnore]
    public string Topic => Description.Topic;

    /// <summary>The Kafka record's key: events of one key keep their order.</summary>
    [JsonIgnore]
    public string Key => RecordKey;

    /// <summary>What <see cref="Key"/> is for this kind of event.</summary>
    protected abstract string RecordKey { get; }

    private EventAttribute Description => _descriptions.GetOrAdd(GetType(), static type =>
        type.GetCustomAttribute<EventAttribute>() ?? throw new InvalidOperationException($"{type} has no [Event] attribute."));
}

/// <summary>Names an event's type and topic.</summary>
/// <param name="type">The type, in snake_case and the past tense.</param>
/// <param name="topic">One of <see cref="Topics"/>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventAttribute(string type, string topic) : Attribute
{
    public string Type { get; } = type;

    public string Topic { get; } = topic;
}
