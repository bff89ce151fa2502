using Airliner.Contracts.Users;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Erasure;
using Airliner.Tasks.Grains;

namespace Airliner.Tasks.Silo.Events;

/// <summary>Erases the tasks and files of users who were deleted.</summary>
internal sealed class DeletedUsersHandler([FromKeyedServices(TasksStorage.Service)] UserErasure erasure) : IEventHandler
{
    public string Group => "taskprocessing-service-group";

    public IReadOnlyList<string> Topics { get; } = [Contracts.Events.Topics.UserRegistration];

    public async Task<IReadOnlyList<EventRejection>> HandleAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        var rejected = new List<EventRejection>();
        foreach (var deleted in events.Where(one => one.Type == UserDeleted.Type))
        {
            if (await erasure.HandleAsync(deleted, cancellationToken) is { } reason)
                rejected.Add(new(deleted, reason));
        }

        return rejected;
    }
}
