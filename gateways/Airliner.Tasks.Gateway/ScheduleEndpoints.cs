using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>Cron schedules over REST.</summary>
internal static class ScheduleEndpoints
{
    public static void MapSchedules(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Schedules");
        routes.MapPost("/schedules", Create).Validated<ScheduleBody, ScheduleRules>().Produces<ScheduleAnswer>(201).Refuses(403, 409);
        routes.MapGet("/schedules", List).Produces<SchedulesAnswer>().Refuses(400, 403).TakesPage(QueryMember.UserId);
        routes.MapGet("/schedules/{id:long}", Get).Produces<ScheduleAnswer>().Refuses(404);
        routes.MapDelete("/schedules/{id:long}", Delete).Produces(204).Refuses(403, 404);
    }

    private static async Task<IResult> Create(ScheduleBody body, HttpContext http, GrainCalls calls, TaskCommands commands, TaskIds ids)
    {
        var made = await commands.MakeAsync(http.Caller(), body.AsCreate(), http.CommandId(), "A schedule");
        if (made.Value is not { } task)
            return made.Refusal!.ToProblem();

        var scheduleId = await ids.Schedules.NextAsync();
        var command = new CreateSchedule(
            task.CommandId, task.UserId, body.Name?.Trim() ?? "", body.Cron!, body.TimeZone ?? TimeZones.Utc, body.MissedRuns ?? MissedRuns.Once,
            task.TaskType, task.Priority, task.Parameters, task.MaxAttempts, task.TimeoutSeconds);
        try
        {
            var result = await calls.Call(grains => grains.GetGrain<IUserSchedulesGrain>(task.UserId).Create(scheduleId, command));
            if (result.Schedule is not { } schedule)
                return Problem.Conflict($"A user may have {result.MostPerUser} schedules, and has them: delete one first.");
            http.Concerns(task.UserId);
            return Results.Created($"{RoutePrefixes.EventStreamMonitor}/schedules/{schedule.ScheduleId}", new ScheduleAnswer(schedule));
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            return TaskCommands.UserIsErased.ToProblem();
        }
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var userId = query.UserId();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        if (caller.Narrow(ref userId, "schedules") is { } refusal)
            return Problem.Forbidden(refusal);

        var schedules = await calls.Call(grains => grains.GetGrain<IScheduleQueriesGrain>(0).List(userId, page));
        return Results.Ok(new SchedulesAnswer(schedules.Items, ListQuery.Pagination(page, schedules, schedule => schedule.ScheduleId)));
    }

    private static async Task<IResult> Get(long id, HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        return await FindAsync(calls, id) is { } schedule && (caller.Is(schedule.UserId) || caller.ReadsAll)
            ? Results.Ok(new ScheduleAnswer(schedule))
            : NoSuchSchedule(id);
    }

    private static async Task<IResult> Delete(long id, HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        if (await FindAsync(calls, id) is not { } schedule || !(caller.Is(schedule.UserId) || caller.ReadsAll))
            return NoSuchSchedule(id);
        if (!caller.Is(schedule.UserId) && !caller.IsAdmin)
            return Problem.Forbidden("A schedule is its owner's and the administrators' to delete.");
        await calls.Call(grains => grains.GetGrain<IScheduleGrain>(id).Delete());
        return Results.NoContent();
    }

    private static Task<ScheduleView?> FindAsync(GrainCalls calls, long id) => calls.Call(grains => grains.GetGrain<IScheduleGrain>(id).Get());

    private static IResult NoSuchSchedule(long id) => Problem.NotFound($"There is no schedule {id}.");
}

internal sealed record ScheduleAnswer(ScheduleView Schedule);

internal sealed record SchedulesAnswer(IReadOnlyList<ScheduleView> Schedules, Pagination Pagination);
