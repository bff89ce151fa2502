using System.Text.Json;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Users;
using Airliner.Kafka.Consumers;

namespace Airliner.Kafka.Erasure;

/// <summary>
/// What a service does when a user is deleted: erases all that its sources hold of the user. An event is a hint, which anybody who can write to the topic may give:
/// the users service says whether the user is deleted.
/// </summary>
public sealed class UserErasure(IGrainFactory grains, IEnumerable<IPersonalDataSource> sources)
{
    /// <summary>Erases the user whom the event names; it ends when nothing is left, and can be repeated.</summary>
    /// <returns>Why the event can never be handled; null where it was.</returns>
    public async Task<string?> HandleAsync(ConsumedEvent deleted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deleted);
        if (UserOf(deleted) is not { } userId)
            return "'userId' is not a positive integer.";
        if (await grains.GetGrain<IUserQueriesGrain>(0).GetStanding(userId) is not { Status: UserStatus.Deleted })
            return $"User {userId} is not deleted.";
        await sources.EraseAllAsync(userId, cancellationToken);
        return null;
    }

    /// <summary>Erases the users whom a batch says were deleted; all its other events are passed over.</summary>
    /// <returns>The events that can never be handled.</returns>
    public async Task<IReadOnlyList<EventRejection>> HandleAsync(IEnumerable<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        var rejected = new List<EventRejection>();
        foreach (var deleted in events.Where(one => one.Type == UserDeleted.Type))
        {
            if (await HandleAsync(deleted, cancellationToken) is { } reason)
                rejected.Add(new(deleted, reason));
        }

        return rejected;
    }

    /// <summary>The user whom an event names, null where it names none.</summary>
    public static long? UserOf(ConsumedEvent consumed)
    {
        ArgumentNullException.ThrowIfNull(consumed);
        return consumed.Value.TryGetProperty("userId", out var member) && member.ValueKind == JsonValueKind.Number
            && member.TryGetInt64(out var userId) && userId > 0 ? userId : null;
    }
}
