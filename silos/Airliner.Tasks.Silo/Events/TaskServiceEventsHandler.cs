using Airliner.Kafka.Consumers;
using Airliner.Kafka.Erasure;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Silo.Webhooks;

namespace Airliner.Tasks.Silo.Events;

/// <summary>Tells webhooks of what happened to tasks, and erases what the service holds of users who were deleted.</summary>
internal sealed class TaskServiceEventsHandler(WebhookEvents webhooks, [FromKeyedServices(TasksStorage.Service)] UserErasure erasure) : IEventHandler
{
    public string Group => "taskprocessing-service-group";

    public IReadOnlyList<string> Topics { get; } = [Contracts.Events.Topics.UserRegistration, Contracts.Events.Topics.Tasks];

    /// <summary>A webhook is told of what happened within minutes at worst.</summary>
    public TimeSpan Gathers => TimeSpan.FromMilliseconds(100);

    public async Task<IReadOnlyList<EventRejection>> HandleAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        // First, so that an erasure that has to be repeated keeps no webhook waiting.
        await webhooks.AddAsync(events, cancellationToken);
        return await erasure.HandleAsync(events, cancellationToken);
    }
}
