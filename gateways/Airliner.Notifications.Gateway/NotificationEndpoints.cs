using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Notifications.Gateway;

/// <summary>Notifications over REST.</summary>
internal static class NotificationEndpoints
{
    private static readonly string[] _booleans = ["true", "false"];

    public static void MapNotifications(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Notifications");
        routes.MapGet("/notifications", List).Produces<NotificationsAnswer>().Refuses(400, 403).TakesPage(
            QueryMember.UserId, QueryMember.OneOf("status", NotificationStatuses.All), QueryMember.OneOf("channel", Channels.All),
            QueryMember.Text("eventType"), QueryMember.OneOf("unread", _booleans));
        routes.MapGet("/notifications/{id:long}", Get).TakesOpaqueId().Produces<NotificationAnswer>().Refuses(404);
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var filter = new NotificationFilter(
            query.UserId(),
            query.OneOf("status", NotificationStatuses.All),
            query.OneOf("channel", Channels.All),
            query.Text("eventType"),
            query.OneOf("unread", _booleans) switch { null => null, var given => given == "true" });
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        if (filter is { Unread: not null, Channel: not (null or Channels.InApp) })
            return Problem.Invalid("unread", $"goes with channel={Channels.InApp}, or without one: only entries of the inbox are read.");
        var userId = filter.UserId;
        if (caller.Narrow(ref userId, "notifications") is { } refusal)
            return Problem.Forbidden(refusal);

        var notifications = await calls.Call(grains => grains.GetGrain<INotificationQueriesGrain>(0).List(filter with { UserId = userId }, page));
        return Results.Ok(new NotificationsAnswer(notifications.Items, ListQuery.Pagination(page, notifications, item => item.NotificationId)));
    }

    private static async Task<IResult> Get(long id, HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var notification = await calls.Call(grains => grains.GetGrain<INotificationGrain>(id).Get());
        return notification is not null && (caller.Is(notification.UserId) || caller.ReadsAll)
            ? Results.Ok(new NotificationAnswer(notification))
            : Problem.NotFound($"There is no notification {id}.");
    }
}

internal sealed record NotificationAnswer(NotificationView Notification);

internal sealed record NotificationsAnswer(IReadOnlyList<NotificationView> Notifications, Pagination Pagination);
