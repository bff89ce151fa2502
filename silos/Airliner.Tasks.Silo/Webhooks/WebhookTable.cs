using System.Collections.Immutable;
using System.Text.Json;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains.Webhooks;

namespace Airliner.Tasks.Silo.Webhooks;

/// <summary>How a webhook is kept as a row.</summary>
internal static class WebhookTable
{
    public static RecordTable<string, WebhookState> Table { get; } = new(
        WebhookState.Table,
        [
            Column.Of<WebhookState, long>("user_id", webhook => webhook.UserId),
            Column.Of<WebhookState, string>("url", webhook => webhook.Url),
            Column.Json<WebhookState>("events", webhook => JsonSerializer.Serialize(webhook.Events)),
            Column.Of<WebhookState, byte[]>("secret", webhook => webhook.SealedSecret),
            Column.Of<WebhookState, string>("status", webhook => webhook.Status),
            Column.Of<WebhookState, DateTimeOffset>("created_at", webhook => webhook.CreatedAt),
            Column.Of<WebhookState, DateTimeOffset?>("last_success_at", webhook => webhook.LastSuccessAt),
            Column.Of<WebhookState, DateTimeOffset?>("last_failure_at", webhook => webhook.LastFailureAt),
            Column.Of<WebhookState, string?>("last_error", webhook => webhook.LastError),
            Column.Of<WebhookState, DateTimeOffset?>("failing_since", webhook => webhook.FailingSince),
            Column.Of<WebhookState, int>("failures", webhook => webhook.Failures),
            Column.Of<WebhookState, DateTimeOffset>("held_until", webhook => webhook.HeldUntil),
        ],
        row => new WebhookState
        {
            UserId = row.Next<long>(),
            Url = row.Next<string>(),
            Events = JsonSerializer.Deserialize<ImmutableArray<string>>(row.Next<string>()),
            SealedSecret = row.Next<byte[]>(),
            Status = row.Next<string>(),
            CreatedAt = row.Next<DateTimeOffset>(),
            LastSuccessAt = row.Next<DateTimeOffset?>(),
            LastFailureAt = row.Next<DateTimeOffset?>(),
            LastError = row.Next<string?>(),
            FailingSince = row.Next<DateTimeOffset?>(),
            Failures = row.Next<int>(),
            HeldUntil = row.Next<DateTimeOffset>(),
        });
}
