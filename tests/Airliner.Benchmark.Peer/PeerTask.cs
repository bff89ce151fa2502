using System.Text.Json;
using System.Text.Json.Serialization;

namespace Airliner.Benchmark.Peer;

internal sealed record CreateBody(long UserId, string? TaskType, string? Priority, JsonElement? Parameters, DateTimeOffset? RunAt);

/// <summary>A task with the members that the system's has.</summary>
internal sealed record PeerTask(
    long TaskId,
    string TaskReference,
    string TaskType,
    long UserId,
    string Priority,
    string Status,
    int Progress,
    JsonElement Parameters,
    JsonElement? Result,
    string? ErrorMessage,
    int Attempts,
    double? ProcessingTime,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? RunAt);

internal sealed record TaskAnswer(PeerTask Task);

internal sealed record ListAnswer(IReadOnlyList<PeerTask> Tasks, PageInfo Pagination);

internal sealed record PageInfo(int Limit, bool HasMore, long? NextCursor);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CreateBody))]
[JsonSerializable(typeof(TaskAnswer))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class PeerJson : JsonSerializerContext;
