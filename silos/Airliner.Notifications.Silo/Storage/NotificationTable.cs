using System.Collections.Immutable;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains;
using Airliner.Persistence.Postgres.Records;

namespace Airliner.Notifications.Silo.Storage;

/// <summary>How a notification is kept as a row.</summary>
internal static class NotificationTable
{
    public static RecordTable<long, NotificationState> Table { get; } = new(
        NotificationState.Table,
        [
            Column.Of<NotificationState, string>("event_id", n => n.EventId),
            Column.Of<NotificationState, string>("event_type", n => n.EventType),
            Column.Of<NotificationState, long>("user_id", n => n.UserId),
            Column.Of<NotificationState, string>("channel", n => n.Channel),
            Column.Of<NotificationState, string?>("recipient", n => n.Recipient),
            Column.Of<NotificationState, string?>("subject", n => n.Subject),
            Column.Of<NotificationState, string>("status", n => n.Status),
            Column.Of<NotificationState, int>("attempts", n => n.Attempts),
            Column.Json<NotificationState>("deliveries", n => JsonSerializer.Serialize(n.Deliveries, AirlinerJson.Options)),
            Column.Json<NotificationState>("data", n => n.Data),
            Column.Of<NotificationState, DateTimeOffset>("created_at", n => n.CreatedAt),
            Column.Of<NotificationState, DateTimeOffset?>("sent_at", n => n.SentAt),
            Column.Of<NotificationState, DateTimeOffset?>("next_attempt_at", n => n.NextAttemptAt),
            Column.Of<NotificationState, string?>("error_message", n => n.ErrorMessage),
            Column.Of<NotificationState, DateTimeOffset?>("redriven_at", n => n.RedrivenAt),
            Column.Of<NotificationState, string?>("redrive_command", n => n.RedriveCommand),
            Column.Of<NotificationState, int>("attempts_before", n => n.AttemptsBefore),
            Column.Of<NotificationState, long?>("digest_id", n => n.DigestId),
            Column.Json<NotificationState>("digest_members", n => JsonSerializer.Serialize(n.DigestMembers, AirlinerJson.Options)),
            Column.Of<NotificationState, DateTimeOffset?>("read_at", n => n.ReadAt),
            Column.Of<NotificationState, DateTimeOffset?>("tried_from", n => n.TriedFrom),
        ],
        row => new NotificationState
        {
            EventId = row.Next<string>(),
            EventType = row.Next<string>(),
            UserId = row.Next<long>(),
            Channel = row.Next<string>(),
            Recipient = row.Next<string?>(),
            Subject = row.Next<string?>(),
            Status = row.Next<string>(),
            Attempts = row.Next<int>(),
            Deliveries = JsonSerializer.Deserialize<ImmutableArray<DeliveryAttempt>>(row.Next<string>(), AirlinerJson.Options),
            Data = row.Next<string>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            SentAt = row.Next<DateTimeOffset?>(),
            NextAttemptAt = row.Next<DateTimeOffset?>(),
            ErrorMessage = row.Next<string?>(),
            RedrivenAt = row.Next<DateTimeOffset?>(),
            RedriveCommand = row.Next<string?>(),
            AttemptsBefore = row.Next<int>(),
            DigestId = row.Next<long?>(),
            DigestMembers = JsonSerializer.Deserialize<ImmutableArray<long>>(row.Next<string>(), AirlinerJson.Options),
            ReadAt = row.Next<DateTimeOffset?>(),
            TriedFrom = row.Next<DateTimeOffset?>(),
        });
}
