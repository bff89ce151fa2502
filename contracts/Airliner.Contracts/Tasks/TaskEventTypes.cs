using System.Reflection;
using Airliner.Contracts.Events;

namespace Airliner.Contracts.Tasks;

/// <summary>The types of the events of tasks and of their groups, as consumers and webhooks see them. Each such event has a <c>userId</c>.</summary>
public static class TaskEventTypes
{
    /// <summary>Every type, in alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(TaskEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(TaskEvent)) || type == typeof(TaskGroupCompleted))
            .Select(type => type.GetCustomAttribute<EventAttribute>()).OfType<EventAttribute>().Select(named => named.Type).Order(StringComparer.Ordinal),
    ];
}
