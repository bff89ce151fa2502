using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using FluentValidation;

namespace Airliner.Tasks.Gateway;

/// <summary>Failed tasks that run again, one by one or by the list's filters.</summary>
internal static class RetryEndpoints
{
    private static readonly string[] _retried = [TaskStatuses.Failed];

    public static void MapRetries(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Tasks");
        routes.MapPut("/tasks/{id:long}/retry", Retry).Produces<TaskAnswer>().Refuses(404, 409);
        routes.MapPost("/tasks/retry", RetryMany)
            .TakesFilters<RetryTasksBody, RetryTasksRules>(
                RetryTasksBody.Of,
                QueryMember.UserId, QueryMember.OneOf("status", _retried), QueryMember.Text("taskType"), QueryMember.OneOf("priority", Priorities.All),
                QueryMember.Time("createdAfter"), QueryMember.Time("createdBefore"), QueryMember.Number("limit", 1, RetriedTasks.Most, RetriedTasks.Most))
            .Produces<RetriedAnswer>().Refuses(403);
    }

    private static async Task<IResult> Retry(long id, HttpContext http, GrainCalls calls)
    {
        var commandId = http.CommandId();
        var result = await calls.Call(grains => grains.GetGrain<ITaskGrain>(id).Retry(http.Caller(), commandId));
        if (result.Task is not { } task)
            return Problem.NotFound($"There is no task {id}.");
        http.Concerns(task.UserId);
        return result.Outcome switch
        {
            RetryOutcome.HasNotFailed => Problem.Conflict($"Task {id} has not failed: it is {task.Status}."),
            RetryOutcome.DeadlineHasPassed => Problem.Conflict($"Task {id} had to be done by {task.Deadline:yyyy-MM-dd'T'HH:mm:ss'Z'}, which has passed: make a new task."),
            RetryOutcome.UserWasErased => Problem.Conflict($"Task {id} is of a user who was deleted, and so is what it ran with."),
            _ => Results.Ok(new TaskAnswer(task)),
        };
    }

    private static async Task<IResult> RetryMany(RetryTasksBody? body, HttpContext http, GrainCalls calls)
    {
        ArgumentNullException.ThrowIfNull(body);
        var caller = http.Caller();
        var userId = body.UserId;
        if (caller.Narrow(ref userId, "tasks", "retry", "retried") is { } refusal)
            return Problem.Forbidden(refusal);

        var filter = new TaskFilter(userId, TaskStatuses.Failed, body.TaskType, body.Priority, body.CreatedAfter, body.CreatedBefore);
        var commandId = http.CommandId();
        var done = await calls.Call(grains => grains.GetGrain<ITaskRetriesGrain>(0).RetryFailed(caller, filter, body.Limit ?? RetriedTasks.Most, commandId));
        return Results.Ok(new RetriedAnswer(done.Retried, done.Left, done.LeftIsEstimate));
    }
}

/// <summary>Which failed tasks to retry: the filters of the list, of which what is null does not matter.</summary>
internal sealed record RetryTasksBody(
    long? UserId, string? Status, string? TaskType, string? Priority, DateTimeOffset? CreatedAfter, DateTimeOffset? CreatedBefore, int? Limit)
{
    public static RetryTasksBody Of(ListQuery query) => new(
        query.UserId(), query.Text("status"), query.Text("taskType"), query.Text("priority"), query.Time("createdAfter"), query.Time("createdBefore"),
        (int?)query.Number("limit", 1, RetriedTasks.Most));
}

/// <summary>What a retry of many tasks must fulfil.</summary>
internal sealed class RetryTasksRules : AbstractValidator<RetryTasksBody>
{
    public RetryTasksRules()
    {
        RuleFor(body => body.UserId).IsId("userId");
        RuleFor(body => body.Status).Must(status => status is null or TaskStatuses.Failed)
            .WithMessage("must be failed, or left out: no other task is retried.").OverridePropertyName("status");
        RuleFor(body => body.TaskType).HasNoNul("taskType");
        RuleFor(body => body.Priority).IsOneOf("priority", Priorities.All);
        RuleFor(body => body.Limit).InclusiveBetween(1, RetriedTasks.Most).WithMessage($"must be from 1 to {RetriedTasks.Most}.").OverridePropertyName("limit");
    }
}

/// <param name="Retried">How many run again.</param>
/// <param name="Left">How many more pass the filters: the same request again retries them. Those whose deadline has passed do not count.</param>
/// <param name="LeftIsEstimate">Whether <c>left</c> is an estimate, as it is above 10,000.</param>
internal sealed record RetriedAnswer(int Retried, long Left, bool LeftIsEstimate);
