using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Idempotency;
using Airliner.Persistence.Postgres.Records;

namespace Airliner.Persistence.Postgres.StoredAnswers;

/// <summary>How idempotency keys are kept as rows.</summary>
internal static class StoredAnswerTable
{
    public static RecordTable<string, StoredAnswerState> Map { get; } = new(
        "stored_answers",
        [
            Column.Of<StoredAnswerState, string>("command_id", key => key.CommandId),
            Column.Of<StoredAnswerState, byte[]>("body_hash", key => key.BodyHash),
            Column.Of<StoredAnswerState, Guid>("try_id", key => key.TryId),
            Column.Of<StoredAnswerState, DateTimeOffset?>("held_until", key => key.HeldUntil),
            Column.Of<StoredAnswerState, long?>("user_id", key => key.UserId),
            Column.Of<StoredAnswerState, int?>("status", key => key.Answer?.Status),
            Column.Json<StoredAnswerState>("headers", key => key.Answer is { } answer ? JsonSerializer.Serialize(answer.Headers, AirlinerJson.Options) : null),
            Column.Of<StoredAnswerState, byte[]?>("body", key => key.Answer?.Body),
            Column.Of<StoredAnswerState, DateTimeOffset>("expires_at", key => key.ExpiresAt),
        ],
        row => new StoredAnswerState
        {
            CommandId = row.Next<string>(),
            BodyHash = row.Next<byte[]>(),
            TryId = row.Next<Guid>(),
            HeldUntil = row.Next<DateTimeOffset?>(),
            UserId = row.Next<long?>(),
            Answer = Answer(row.Next<int?>(), row.Next<string?>(), row.Next<byte[]?>()),
            ExpiresAt = row.Next<DateTimeOffset>(),
        });

    private static StoredAnswer? Answer(int? status, string? headers, byte[]? body) => status is { } given
        ? new(given, JsonSerializer.Deserialize<Dictionary<string, string>>(headers!, AirlinerJson.Options)!, body!)
        : null;
}
