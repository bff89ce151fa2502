using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using FluentValidation;

namespace Airliner.Notifications.Gateway;

/// <summary>Notifications that are tried again, one by one or by the list's filters; for administrators and operators.</summary>
internal static class RedriveEndpoints
{
    public static void MapRedrives(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Notifications").ForThoseWhoReadAll("redrive notifications");
        routes.MapPost("/notifications/{id:long}/redrive", Redrive).TakesOpaqueId().Produces<NotificationAnswer>(StatusCodes.Status202Accepted).Refuses(403, 404, 409);
        routes.MapPost("/notifications/redrive", RedriveMany)
            .TakesFilters<RedriveNotificationsBody, RedriveNotificationsRules>(
                RedriveNotificationsBody.Of,
                QueryMember.UserId, QueryMember.OneOf("status", RedriveNotificationsRules.Redriven), QueryMember.OneOf("channel", Channels.All),
                QueryMember.Text("eventType"), QueryMember.Number("limit", 1, RedrivenNotifications.Most, RedrivenNotifications.Most))
            .Produces<RedrivenAnswer>(StatusCodes.Status202Accepted).Refuses(403);
    }

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

    private static async Task<IResult> RedriveMany(RedriveNotificationsBody? body, HttpContext http, GrainCalls calls)
    {
        ArgumentNullException.ThrowIfNull(body);
        var filter = new NotificationFilter(body.UserId, body.Status, body.Channel, body.EventType);
        var commandId = http.CommandId();
        var done = await calls.Call(grains => grains.GetGrain<INotificationRedrivesGrain>(0).RedriveMany(filter, body.Limit ?? RedrivenNotifications.Most, commandId));
        return Results.Accepted(value: new RedrivenAnswer(done.Redriven, done.Left, done.LeftIsEstimate));
    }
}

/// <summary>Which notifications to try again: the filters of the list, of which what is null does not matter.</summary>
internal sealed record RedriveNotificationsBody(long? UserId, string? Status, string? Channel, string? EventType, int? Limit)
{
    public static RedriveNotificationsBody Of(ListQuery query) => new(
        query.UserId(), query.Text("status"), query.Text("channel"), query.Text("eventType"), (int?)query.Number("limit", 1, RedrivenNotifications.Most));
}

/// <summary>What a redrive of many notifications must fulfil.</summary>
internal sealed class RedriveNotificationsRules : AbstractValidator<RedriveNotificationsBody>
{
    public RedriveNotificationsRules()
    {
        RuleFor(body => body.UserId).IsId("userId");
        RuleFor(body => body.Status).Must(status => status is null || Redriven.Contains(status))
            .WithMessage($"must be one of {string.Join(", ", Redriven)}, or left out: no other notification is tried again.").OverridePropertyName("status");
        RuleFor(body => body.Channel).IsOneOf("channel", Channels.All);
        RuleFor(body => body.EventType).HasNoNul("eventType");
        RuleFor(body => body.Limit).InclusiveBetween(1, RedrivenNotifications.Most).WithMessage($"must be from 1 to {RedrivenNotifications.Most}.").OverridePropertyName("limit");
    }

    public static IReadOnlyList<string> Redriven { get; } = [NotificationStatuses.Dead, NotificationStatuses.Failed];
}

/// <param name="Redriven">How many are tried again.</param>
/// <param name="Left">How many more pass the filters: the same request again redrives them.</param>
/// <param name="LeftIsEstimate">Whether <c>left</c> is an estimate, as it is above 10,000.</param>
internal sealed record RedrivenAnswer(int Redriven, long Left, bool LeftIsEstimate);
