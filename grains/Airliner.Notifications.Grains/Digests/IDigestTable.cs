using System.Text.Json;

namespace Airliner.Notifications.Grains.Digests;

/// <summary>What has joined a digest, from the table of notifications.</summary>
internal interface IDigestTable
{
    /// <summary>Those that wait for the digest's mail, oldest first; not that mail's own notification.</summary>
    /// <param name="limit">How many at most; the others go on their own.</param>
    /// <exception cref="Contracts.Records.StorageUnavailableException">The database does not answer.</exception>
    Task<IReadOnlyList<DigestMember>> FindMembersAsync(long leaderId, int limit);
}

/// <summary>One of the notifications that a digest tells of.</summary>
/// <param name="Data">The event's value, a flat JSON object.</param>
internal sealed record DigestMember(long NotificationId, string EventType, string Data, DateTimeOffset CreatedAt)
{
    /// <summary>When its event happened; where that does not say, when it was taken.</summary>
    public DateTimeOffset HappenedAt { get; } = TimeOf(Data) ?? CreatedAt;

    private static DateTimeOffset? TimeOf(string data)
    {
        using var value = JsonDocument.Parse(data);
        return value.RootElement.TryGetProperty("timestamp", out var at) && at.ValueKind == JsonValueKind.String && at.TryGetDateTimeOffset(out var time) ? time : null;
    }
}
