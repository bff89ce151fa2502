using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>Tasks over REST.</summary>
internal static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Tasks");
        routes.MapPost("/tasks", Create).Validated<CreateTaskBody, CreateTaskRules>().Produces<TaskAnswer>(201).Refuses(403);
        routes.MapGet("/tasks", List).Produces<TasksAnswer>().Refuses(400, 403).TakesPage(
            QueryMember.UserId, QueryMember.OneOf("status", TaskStatuses.All), QueryMember.Text("taskType"), QueryMember.OneOf("priority", Priorities.All),
            QueryMember.Time("createdAfter"), QueryMember.Time("createdBefore"));
        routes.MapGet("/tasks/{id:long}", Get).Produces<TaskAnswer>().Refuses(404);
        routes.MapPut("/tasks/{id:long}/cancel", Cancel).Produces<CancelAnswer>().Refuses(403, 404, 409);
    }

    private static async Task<IResult> Create(CreateTaskBody body, HttpContext http, TaskRequests tasks) =>
        (await tasks.CreateAsync(http.Caller(), body, http.CommandId())).Answer(task =>
        {
            http.Concerns(task.UserId);
            return Results.Created($"{RoutePrefixes.EventStreamMonitor}/tasks/{task.TaskId}", new TaskAnswer(task));
        });

    private static async Task<IResult> List(HttpContext http, TaskRequests tasks)
    {
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var filter = new TaskFilter(
            query.UserId(),
            query.OneOf("status", TaskStatuses.All),
            query.Text("taskType"),
            query.OneOf("priority", Priorities.All),
            query.Time("createdAfter"),
            query.Time("createdBefore"));
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        return (await tasks.ListAsync(http.Caller(), filter, page)).Answer(
            found => Results.Ok(new TasksAnswer(found.Items, ListQuery.Pagination(page, found, task => task.TaskId))));
    }

    private static async Task<IResult> Get(long id, HttpContext http, TaskRequests tasks) =>
        (await tasks.GetAsync(http.Caller(), id)).Answer(task => Results.Ok(new TaskAnswer(task)));

    private static async Task<IResult> Cancel(long id, HttpContext http, TaskRequests tasks) =>
        (await tasks.CancelAsync(http.Caller(), id)).Answer(result => Results.Ok(new CancelAnswer(new(
            id, result.TaskReference, result.Status, result.Outcome == CancelOutcome.Cancelled ? "Task cancelled." : "Task is being cancelled."))));
}

internal sealed record TaskAnswer(TaskView Task);

internal sealed record TasksAnswer(IReadOnlyList<TaskView> Tasks, Pagination Pagination);

internal sealed record CancelAnswer(CancelledTask Task);

internal sealed record CancelledTask(long TaskId, string TaskReference, string Status, string Message);
