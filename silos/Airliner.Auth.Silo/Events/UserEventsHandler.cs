using System.Text.Json;
using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Users;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Erasure;

namespace Airliner.Auth.Silo.Events;

/// <summary>
/// Ends what a silo that was lost left open: a change which ends sessions is committed before they are ended, and its event comes in any case. Sessions of after
/// the change go on. A user who was deleted is erased, here and, for the same reason, in the users service.
/// </summary>
internal sealed class UserEventsHandler([FromKeyedServices(AuthStorage.Service)] UserErasure erasure, IGrainFactory grains) : IEventHandler
{
    public string Group => "auth-service-group";

    public IReadOnlyList<string> Topics { get; } = [Contracts.Events.Topics.UserRegistration];

    public async Task<IReadOnlyList<EventRejection>> HandleAsync(IReadOnlyList<ConsumedEvent> events, CancellationToken cancellationToken)
    {
        var rejected = new List<EventRejection>();
        foreach (var one in events)
        {
            if (ReasonOf(one) is { } end && await HandleAsync(one, end, cancellationToken) is { } reason)
                rejected.Add(new(one, reason));
        }

        return rejected;
    }

    /// <returns>Why the event can never be handled; null where it was.</returns>
    private async Task<string?> HandleAsync(ConsumedEvent one, string end, CancellationToken cancellationToken)
    {
        if (UserErasure.UserOf(one) is not { } userId)
            return "'userId' is not a positive integer.";
        // A forged event with a later time would end sessions opened after the user's last change, and keep new ones from being opened.
        if (await grains.GetGrain<IUserQueriesGrain>(0).GetStanding(userId) is not { } standing || one.Time > standing.UpdatedAt)
            return $"User {userId} has not changed at {one.Time:O}.";
        if (one.Type == UserDeleted.Type && await erasure.HandleAsync(one, cancellationToken) is { } refusal)
            return refusal;

        await grains.GetGrain<IUserSessionsGrain>(userId).EndAll(end, one.Time);
        if (one.Type == UserDeleted.Type)
            await grains.GetGrain<IUsersPersonalData>(0).Erase(userId);
        return null;
    }

    /// <summary>Why the event ends sessions; null where it ends none.</summary>
    private static string? ReasonOf(ConsumedEvent one) => one.Type switch
    {
        UserDeleted.Type => SessionEnds.UserDeleted,
        UserDisabled.Type => SessionEnds.UserDisabled,
        UserPasswordChanged.Type => SessionEnds.PasswordChanged,
        UserUpdated.Type when one.Value.TryGetProperty("removedRoles", out var removed) && removed.ValueKind == JsonValueKind.Array => SessionEnds.RolesChanged,
        _ => null,
    };
}
