using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Airliner.Tasks.Gateway;

/// <summary>What the messages of <c>Tasks</c> must fulfil; the message of <c>INVALID_ARGUMENT</c> names each field that does not.</summary>
internal static class TaskMessageRules
{
    private static readonly CreateTaskRules _createRules = new();

    /// <summary>The body of a create, as REST has it and by the same rules.</summary>
    public static CreateTaskBody ToBody(this CreateTaskRequest request)
    {
        Refuse([.. UnlessTime(request.RunAt, "run_at"), .. UnlessTime(request.Deadline, "deadline")]);
        var isJson = TryParse(request.Parameters, out var parameters);
        var body = new CreateTaskBody(
            request.HasUserId ? request.UserId : null, Given(request.TaskType), Given(request.Priority), parameters, request.RunAt?.ToDateTimeOffset(),
            request.HasMaxAttempts ? request.MaxAttempts : null, request.HasTimeoutSeconds ? request.TimeoutSeconds : null,
            request.HasStartWithinSeconds ? request.StartWithinSeconds : null, request.Deadline?.ToDateTimeOffset());
        var errors = _createRules.Validate(body).Errors.Select(error => (error.PropertyName, error.ErrorMessage)).ToList();
        if (!isJson)
            errors.Add(("parameters", "must be a JSON object."));
        if (request.RequestId.Length > 0 && !Guid.TryParseExact(request.RequestId, "D", out _))
            errors.Add(("request_id", "must be a UUID, or be left out."));
        Refuse(errors);
        return body;
    }

    public static (TaskFilter Filter, PageRequest Page) ToQuery(this ListTasksRequest request)
    {
        Refuse(
        [
            .. Unless(!request.HasUserId || request.UserId >= 1, "user_id", "must be a whole number from 1."),
            .. Unless(request.Status.Length == 0 || TaskStatuses.All.Contains(request.Status), "status", $"must be one of {string.Join(", ", TaskStatuses.All)}."),
            .. Unless(!request.TaskType.Contains('\0', StringComparison.Ordinal), "task_type", "must not have a NUL character."),
            .. Unless(request.Priority.Length == 0 || Priorities.All.Contains(request.Priority), "priority", $"must be one of {string.Join(", ", Priorities.All)}."),
            .. UnlessTime(request.CreatedAfter, "created_after"), .. UnlessTime(request.CreatedBefore, "created_before"),
            .. Unless(request.Limit is >= 0 and <= PageRequest.MaxLimit, "limit", $"must be from 1 to {PageRequest.MaxLimit}."),
        ]);
        var filter = new TaskFilter(
            request.HasUserId ? request.UserId : null, Given(request.Status), Given(request.TaskType), Given(request.Priority),
            request.CreatedAfter?.ToDateTimeOffset(), request.CreatedBefore?.ToDateTimeOffset());
        return (filter, new PageRequest(request.Limit == 0 ? PageRequest.DefaultLimit : request.Limit, request.HasBeforeTaskId ? request.BeforeTaskId : null, 0));
    }

    public static void Check(this WatchTaskRequest request) => Refuse(
    [
        .. Unless(request.TaskId >= 1, "task_id", "must be a whole number from 1."),
        .. Unless(request.AfterSequence >= 0, "after_sequence", "must be a whole number from 0."),
    ]);

    public static void CheckTaskId(long taskId) => Refuse([.. Unless(taskId >= 1, "task_id", "must be a whole number from 1.")]);

    public static RpcException Invalid(IEnumerable<(string Field, string Message)> errors) => new(new Status(
        StatusCode.InvalidArgument,
        string.Join(' ', errors.Select(error => $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(error.Field)}: {error.Message}"))));

    private static void Refuse(List<(string Field, string Message)> errors)
    {
        if (errors.Count > 0)
            throw Invalid(errors);
    }

    private static IEnumerable<(string Field, string Message)> Unless(bool isRight, string field, string message) => isRight ? [] : [(field, message)];

    /// <summary>Beyond these bounds, which are protobuf's own, it cannot be converted.</summary>
    private static IEnumerable<(string Field, string Message)> UnlessTime(Timestamp? time, string field) => Unless(
        time is null or { Seconds: >= -62_135_596_800 and <= 253_402_300_799, Nanos: >= 0 and < 1_000_000_000 },
        field,
        "must be from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z, with nanos from 0.");

    private static string? Given(string text) => text.Length > 0 ? text : null;

    private static bool TryParse(string text, out JsonElement? json)
    {
        json = null;
        try
        {
            if (text.Length > 0)
                json = JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
