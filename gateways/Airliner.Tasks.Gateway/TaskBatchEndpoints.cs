using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.Tasks.Gateway;

/// <summary>Batches of tasks, and groups, over REST.</summary>
internal static class TaskBatchEndpoints
{
    /// <summary>
    /// The largest body where <c>Batches:MaxBytes</c> says none: 8 MiB, which is 8 KiB for each of a thousand tasks. A gateway holds a batch in memory several times over,
    /// and a silo once more, so the bound is not a thousand times the 64 KiB that one task's parameters may have.
    /// </summary>
    private const int DefaultMaxBytes = 8 << 20;

    public static void MapTaskBatches(this IEndpointRouteBuilder app)
    {
        var maxBytes = app.ServiceProvider.GetRequiredService<IConfiguration>().GetValue("Batches:MaxBytes", DefaultMaxBytes);
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Tasks");
        routes.MapPost("/tasks/batch", Create).Validated<TaskBatchBody, TaskBatchRules>().WithMetadata(new RequestSizeLimitAttribute(maxBytes))
            .Produces<TaskBatchAnswer>(StatusCodes.Status207MultiStatus);
        routes.MapGet("/tasks/groups/{id}", GetGroup).Produces<TaskGroupAnswer>().Refuses(404);
    }

    private static async Task<IResult> Create(TaskBatchBody body, HttpContext http, GrainCalls calls, TaskCommands rules, TaskIds ids)
    {
        var commandId = http.CommandId();
        var judged = new List<JudgedItem>(body.Tasks!.Count);
        var since = rules.Now;
        foreach (var item in body.Tasks)
            judged.Add(await JudgedItem.OfAsync(item, http.Caller(), $"{commandId}-{judged.Count}", rules, since));
        var commands = judged.Select(item => item.Command).OfType<CreateTask>().ToList();
        var users = commands.Select(command => command.UserId).Distinct().ToList();
        if (body.GroupName is not null && users.Count > 1)
            return Problem.Invalid("groupName", "needs tasks of one user: a group is its user's. Send a batch for each.");

        var group = body.GroupName is { } name && users.Count == 1 ? new CreateTaskGroup(TaskGroupIds.Of(commandId), name.Trim(), users[0]) : null;
        var made = commands.Count == 0 ? [] : await MakeAsync(commands, group, calls, ids);
        if (users.Count == 1)
            http.Concerns(users[0]);
        else if (users.Count > 1)
            http.Response.Headers.CacheControl = "no-store"; // A stored answer goes with one user. A repeat finds the tasks by their commands.

        var next = 0;
        var results = judged.Select(item => item.Refusal is { } refusal ? BatchResult.Of(refusal, http)
            : made[next++] is { } task ? new BatchResult(StatusCodes.Status201Created, task, null)
            : BatchResult.Of(TaskCommands.UserIsErased.ToProblem(), http)).ToList();
        var view = group is not null && made.Any(task => task is not null) ? await FindGroupAsync(calls, group.GroupId) : null;
        return Results.Json(new TaskBatchAnswer(results, view), statusCode: StatusCodes.Status207MultiStatus);
    }

    private static async Task<IReadOnlyList<TaskView?>> MakeAsync(List<CreateTask> commands, CreateTaskGroup? group, GrainCalls calls, TaskIds ids)
    {
        var taskIds = await ids.Tasks.NextAsync(commands.Count);
        var batch = new CreateTaskBatch([.. commands.Zip(taskIds, (command, id) => new BatchedTask(id, command with { GroupId = group?.GroupId }))], group);
        return await calls.Call(grains => grains.GetGrain<ITaskBatchGrain>(taskIds[0] % TaskRequests.Spread).Create(batch));
    }

    private static async Task<IResult> GetGroup(string id, HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var group = TaskGroupIds.AreLike(id) ? await FindGroupAsync(calls, id) : null;
        return group is not null && (caller.Is(group.UserId) || caller.ReadsAll) ? Results.Ok(new TaskGroupAnswer(group)) : Problem.NotFound($"There is no group {id}.");
    }

    private static Task<TaskGroupView?> FindGroupAsync(GrainCalls calls, string id) => calls.Call(grains => grains.GetGrain<ITaskGroupGrain>(id).Get());

    /// <summary>An item by the rules of a single create: one of the two.</summary>
    private sealed record JudgedItem(CreateTask? Command, IResult? Refusal)
    {
        private static readonly CreateTaskRules _rules = new();

        public static async ValueTask<JudgedItem> OfAsync(BatchItem? item, Caller caller, string commandId, TaskCommands commands, long since)
        {
            if (item?.Error is { } error)
                return new(null, Problem.Of(error));
            if (item?.Body is not { } body)
                return new(null, Problem.Of(StatusCodes.Status400BadRequest, "A task must be a JSON object, as the body of a single create is."));
            if (_rules.Validate(body) is { IsValid: false } invalid)
                return new(null, Problem.Invalid(invalid.ToDictionary()));
            var made = await commands.MakeAsync(caller, body, commandId, since: since);
            return new(made.Value, made.Refusal?.ToProblem());
        }
    }
}

/// <param name="Results">Of each task, in the order of the request.</param>
/// <param name="Group">Where a name was given, and a task was made.</param>
internal sealed record TaskBatchAnswer(
    IReadOnlyList<BatchResult> Results,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TaskGroupView? Group);

/// <param name="Status">What a single create would have answered.</param>
/// <param name="Task">The task that was made.</param>
/// <param name="Error">Why none was.</param>
internal sealed record BatchResult(
    int Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] TaskView? Task,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ProblemDetails? Error)
{
    public static BatchResult Of(IResult refusal, HttpContext http)
    {
        var problem = Problem.AsPart(refusal, http);
        return new(problem.Status!.Value, null, problem);
    }
}

internal sealed record TaskGroupAnswer(TaskGroupView Group);
