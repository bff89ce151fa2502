using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>Tasks over REST.</summary>
internal static class TaskEndpoints
{
    /// <summary>Creates go to so many grains, so that their calls are spread over the cluster's connections.</summary>
    private const int Creators = 64;

    public static void MapTasks(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Tasks");
        routes.MapPost("/tasks", Create).Validated<CreateTaskBody, CreateTaskRules>().Produces<TaskAnswer>(201).Refuses(403);
        routes.MapGet("/tasks", List).Produces<TasksAnswer>().Refuses(400, 403);
        routes.MapGet("/tasks/{id:long}", Get).Produces<TaskAnswer>().Refuses(404);
        routes.MapPut("/tasks/{id:long}/cancel", Cancel).Produces<CancelAnswer>().Refuses(404, 409);
    }

    private static async Task<IResult> Create(CreateTaskBody body, HttpContext http, GrainCalls calls, TaskIds ids)
    {
        if (!TaskCommands.TryMake(body, http.Caller(), http.CommandId(), out var command, out var refusal))
            return refusal;

        var taskId = await ids.Tasks.NextAsync();
        try
        {
            var task = await calls.Call(grains => grains.GetGrain<ITaskCreationGrain>(taskId % Creators).Create(taskId, command));
            http.Concerns(command.UserId);
            return Results.Created($"{RoutePrefixes.EventStreamMonitor}/tasks/{task.TaskId}", new TaskAnswer(task));
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            return TaskCommands.UserIsErased();
        }
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var filter = new TaskFilter(
            query.Number("userId"),
            query.OneOf("status", TaskStatuses.All),
            query.Text("taskType"),
            query.OneOf("priority", Priorities.All),
            query.Time("createdAfter"),
            query.Time("createdBefore"));
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        if (!caller.ReadsAll && caller.UserId is null)
            return Problem.Forbidden("A machine client has no tasks of its own to list.");
        if (!caller.ReadsAll && filter.UserId is { } userId && !caller.Is(userId))
            return Problem.Forbidden("Another user's tasks cannot be listed.");
        if (!caller.ReadsAll)
            filter = filter with { UserId = caller.UserId };

        var tasks = await calls.Call(grains => grains.GetGrain<ITaskQueriesGrain>(0).List(filter, page));
        return Results.Ok(new TasksAnswer(tasks.Items, ListQuery.Pagination(page, tasks, task => task.TaskId)));
    }

    private static async Task<IResult> Get(long id, HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var task = await calls.Call(grains => grains.GetGrain<ITaskGrain>(id).Get());
        return task is not null && (caller.Is(task.UserId) || caller.ReadsAll) ? Results.Ok(new TaskAnswer(task)) : NoSuchTask(id);
    }

    private static async Task<IResult> Cancel(long id, HttpContext http, GrainCalls calls)
    {
        var result = await calls.Call(grains => grains.GetGrain<ITaskGrain>(id).Cancel(http.Caller()));
        return result.Outcome switch
        {
            CancelOutcome.NotFound => NoSuchTask(id),
            CancelOutcome.HasEnded => Problem.Conflict($"Task {id} has ended: it is {result.Status}."),
            var outcome => Results.Ok(new CancelAnswer(new(
                id, result.TaskReference, result.Status, outcome == CancelOutcome.Cancelled ? "Task cancelled." : "Task is being cancelled."))),
        };
    }

    private static IResult NoSuchTask(long id) => Problem.NotFound($"There is no task {id}.");
}

internal sealed record TaskAnswer(TaskView Task);

internal sealed record TasksAnswer(IReadOnlyList<TaskView> Tasks, Pagination Pagination);

internal sealed record CancelAnswer(CancelledTask Task);

internal sealed record CancelledTask(long TaskId, string TaskReference, string Status, string Message);
