using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Idempotency;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Streams;
using Airliner.Tasks.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TaskEvent = Airliner.Tasks.V1.TaskEvent;

namespace Airliner.Tasks.Gateway;

/// <summary><c>airliner.tasks.v1.Tasks</c>, for the callers of the REST routes.</summary>
internal sealed class TasksService(TaskRequests tasks, LiveStreams streams, StreamPermits permits) : V1.Tasks.TasksBase
{
    public override async Task<TaskDetails> Create(CreateTaskRequest request, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var body = request.ToBody();
        var isNamed = request.RequestId.Length > 0;
        var task = (await tasks.CreateAsync(http.Caller(), body, isNamed ? CommandId(http, request.RequestId) : http.CommandId())).OrThrow();
        if (isNamed && !IsFor(task, body))
            throw TaskMessageRules.Invalid([("request_id", "stands for another request: draw a new one.")]);
        return Details(task);
    }

    public override async Task<TaskDetails> Get(GetTaskRequest request, ServerCallContext context)
    {
        TaskMessageRules.CheckTaskId(request.TaskId);
        return Details((await tasks.GetAsync(context.GetHttpContext().Caller(), request.TaskId)).OrThrow());
    }

    public override async Task<ListTasksResponse> List(ListTasksRequest request, ServerCallContext context)
    {
        var (filter, page) = request.ToQuery();
        var found = (await tasks.ListAsync(context.GetHttpContext().Caller(), filter, page)).OrThrow();
        var response = new ListTasksResponse { Tasks = { found.Items.Select(Details) }, Total = found.Total, TotalIsEstimate = found.TotalIsEstimate };
        if (found.HasMore)
            response.NextBeforeTaskId = found.Items[^1].TaskId;
        return response;
    }

    public override async Task<CancelTaskResponse> Cancel(CancelTaskRequest request, ServerCallContext context)
    {
        TaskMessageRules.CheckTaskId(request.TaskId);
        var result = (await tasks.CancelAsync(context.GetHttpContext().Caller(), request.TaskId)).OrThrow();
        return new CancelTaskResponse { TaskId = request.TaskId, TaskReference = result.TaskReference, Status = result.Status };
    }

    public override async Task Watch(WatchTaskRequest request, IServerStreamWriter<TaskEvent> responseStream, ServerCallContext context)
    {
        request.Check();
        var http = context.GetHttpContext();
        using var permit = permits.Take(http);
        var history = (await tasks.ReadHistoryAsync(http.Caller(), request.TaskId, request.AfterSequence)).OrThrow();
        // A client learns by the headers that the stream is open, though nothing may happen for long.
        await context.WriteResponseHeadersAsync([]);
        await streams.RunAsync(
            http,
            async ended =>
            {
                await foreach (var fact in tasks.WatchAsync(request.TaskId, request.AfterSequence, history, ended))
                    await responseStream.WriteAsync(Event(fact), ended);
            },
            context.CancellationToken);
    }

    /// <summary>Names the command that the caller's request id stands for. A UUID is drawn for one request, so the command may stand for it for good.</summary>
    private static string CommandId(HttpContext http, string requestId) => StoredAnswerState.CommandPrefix + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{http.User.FindFirst("sub")!.Value}\n{Guid.ParseExact(requestId, "D")}")))[..32];

    /// <summary>Whether the task may be what the body asks for, and not what another did under the same request id.</summary>
    private static bool IsFor(TaskView task, CreateTaskBody body) =>
        (body.UserId is null || body.UserId == task.UserId)
        && task.TaskType == (body.TaskType ?? TaskTypes.Default)
        && task.Priority == (body.Priority ?? Priorities.Medium)
        && task.Parameters == TaskCommands.ParametersOf(body)
        && task.RunAt == body.RunAt?.ToMicroseconds()
        && (body.Deadline is null || body.Deadline?.ToMicroseconds() == task.Deadline)
        && (body.StartWithinSeconds is null || body.StartWithinSeconds == task.StartWithinSeconds);

    private static TaskEvent Event(TaskFact fact)
    {
        var view = TaskEventView.Of(fact);
        return new TaskEvent { Sequence = fact.Sequence, EventType = view.EventType, Timestamp = view.Timestamp.ToTimestamp(), Data = fact.Event };
    }

    private static TaskDetails Details(TaskView task)
    {
        var details = new TaskDetails
        {
            TaskId = task.TaskId,
            TaskReference = task.TaskReference,
            TaskType = task.TaskType,
            UserId = task.UserId,
            Priority = task.Priority,
            Status = task.Status,
            Progress = task.Progress,
            Parameters = task.Parameters,
            Attempts = task.Attempts,
            CreatedAt = task.CreatedAt.ToTimestamp(),
            StartedAt = task.StartedAt?.ToTimestamp(),
            CompletedAt = task.CompletedAt?.ToTimestamp(),
            UpdatedAt = task.UpdatedAt.ToTimestamp(),
            RunAt = task.RunAt?.ToTimestamp(),
            NextAttemptAt = task.NextAttemptAt?.ToTimestamp(),
            Deadline = task.Deadline?.ToTimestamp(),
        };
        // Members that may be missing take no null.
        if (task.Result is { } result)
            details.Result = result;
        if (task.ErrorMessage is { } error)
            details.ErrorMessage = error;
        if (task.ProcessingTime is { } seconds)
            details.ProcessingTime = seconds;
        if (task.StartWithinSeconds is { } startWithin)
            details.StartWithinSeconds = startWithin;
        if (task.GroupId is { } groupId)
            details.GroupId = groupId;
        return details;
    }
}
