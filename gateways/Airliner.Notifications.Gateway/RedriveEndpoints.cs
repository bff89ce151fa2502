using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Notifications.Gateway;

/// <summary>Notifications that are tried again, one by one or by the list's filters; for administrators and operators.</summary>
internal static class RedriveEndpoints
{
    private static readonly string[] _redriven = [NotificationStatuses.Dead, NotificationStatuses.Failed];

    public static void MapRedrives(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Notifications").AddEndpointFilter(ForThoseWhoReadAll);
        routes.MapPost("/notifications/{id:long}/redrive", Redrive).TakesOpaqueId().Produces<NotificationAnswer>(StatusCodes.Status202Accepted).Refuses(403, 404, 409);
        routes.MapPost("/notifications/redrive", RedriveMany).Produces<RedrivenAnswer>(StatusCodes.Status202Accepted).Refuses(400, 403).TakesQuery(
            QueryMember.Number("userId"), QueryMember.OneOf("status", _redriven), QueryMember.OneOf("channel", Channels.All), QueryMember.Text("eventType"),
            QueryMember.Number("limit", 1, RedrivenNotifications.Most, RedrivenNotifications.Most));
    }

    private static async ValueTask<object?> ForThoseWhoReadAll(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Caller().ReadsAll ? await next(context) : Problem.Forbidden("Administrators and operators alone redrive notifications.");

    private static async Task<IResult> Redrive(long id, HttpContext http, GrainCalls calls)
    {
        var commandId = http.CommandId();
        var result = await calls.Call(grains => grains.GetGrain<INotificationGrain>(id).Redrive(commandId));
        if (result.Notification is not { } notification)
            return Problem.NotFound($"There is no notification {id}.");
        http.Concerns(notification.UserId);
        return result.Outcome switch
        {
            RedriveOutcome.HasNotFailed => Problem.Conflict($"Notification {id} is neither dead nor failed: it is {notification.Status}."),
            RedriveOutcome.UserWasErased => Problem.Conflict($"Notification {id} is of a user who was deleted, and so is what it said."),
            _ => Results.Accepted(value: new NotificationAnswer(notification)),
        };
    }

    private static async Task<IResult> RedriveMany(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var filter = new NotificationFilter(
            query.Number("userId"), query.OneOf("status", _redriven), query.OneOf("channel", Channels.All), query.Text("eventType"));
        var limit = (int)(query.Number("limit", 1, RedrivenNotifications.Most) ?? RedrivenNotifications.Most);
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var commandId = http.CommandId();
        var done = await calls.Call(grains => grains.GetGrain<INotificationRedrivesGrain>(0).RedriveMany(filter, limit, commandId));
        return Results.Accepted(value: new RedrivenAnswer(done.Redriven, done.Left, done.LeftIsEstimate));
    }
}

/// <param name="Redriven">How many are tried again.</param>
/// <param name="Left">How many more pass the filters: the same request again redrives them.</param>
/// <param name="LeftIsEstimate">Whether <c>left</c> is an estimate, as it is above 10,000.</param>
internal sealed record RedrivenAnswer(int Redriven, long Left, bool LeftIsEstimate);
