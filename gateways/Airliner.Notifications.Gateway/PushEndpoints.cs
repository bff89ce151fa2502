using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Outbound;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Notifications.Gateway;

/// <summary>Web Push subscriptions over REST: everybody's own, and nobody else's, administrators included.</summary>
internal static class PushEndpoints
{
    public static void MapPush(this IEndpointRouteBuilder app)
    {
        app.MapGroup(RoutePrefixes.Airliner).WithTags("Push").MapGet("/push/key", GetKey).Produces<PushKeyAnswer>()
            .WithDescription("The applicationServerKey for PushManager.subscribe().");
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Push").ForUsers("A machine client has no browsers.");
        routes.MapGet("/push/subscriptions", List).Produces<PushSubscriptionsAnswer>().Refuses(400, 403).TakesPage();
        routes.MapPost("/push/subscriptions", Add).TakesSecrets().Validated<AddPushSubscriptionBody, AddPushSubscriptionRules>()
            .Produces<PushSubscriptionAnswer>().Produces<PushSubscriptionAnswer>(201).Refuses(403, 409)
            .WithDescription("Takes what PushSubscription.toJSON() gives. 200 where the browser is subscribed already; its keys are the new ones then.");
        routes.MapDelete("/push/subscriptions/{id}", Remove).Produces(204).Refuses(403, 404);
    }

    private static async Task<IResult> GetKey(GrainCalls calls) =>
        Results.Ok(new PushKeyAnswer(new(await calls.Call(grains => grains.GetGrain<IUserPushSubscriptionsGrain>(0).GetPublicKey()))));

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var page = query.ShortPage();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var (subscriptions, pagination) = page.Newest(
            await calls.Call(grains => Of(http, grains).List()), subscription => subscription.CreatedAt, subscription => subscription.SubscriptionId);
        return Results.Ok(new PushSubscriptionsAnswer(subscriptions, pagination));
    }

    private static async Task<IResult> Add(AddPushSubscriptionBody body, HttpContext http, GrainCalls calls, AllowedHosts allowed)
    {
        if (!OutboundAddress.TryParse(body.Endpoint, allowed, out var endpoint, out var complaint))
            return Problem.Invalid("endpoint", complaint);
        var command = new AddPushSubscription(endpoint.AbsoluteUri, PushKeys.Read(body.Keys!.P256dh), PushKeys.Read(body.Keys.Auth));
        var result = await calls.Call(grains => Of(http, grains).Add(command));
        return result.Outcome switch
        {
            AddPushSubscriptionOutcome.Added => Results.Created((string?)null, new PushSubscriptionAnswer(result.Subscription!)),
            AddPushSubscriptionOutcome.Renewed => Results.Ok(new PushSubscriptionAnswer(result.Subscription!)),
            AddPushSubscriptionOutcome.TooMany => Problem.Conflict($"A user may have {result.MostPerUser} push subscriptions: delete one first."),
            _ => Problem.Conflict("The user was deleted."),
        };
    }

    private static async Task<IResult> Remove(string id, HttpContext http, GrainCalls calls) =>
        PrefixedIds.PushSubscriptions.AreLike(id) && await calls.Call(grains => Of(http, grains).Remove(id))
            ? Results.NoContent()
            : Problem.NotFound($"There is no push subscription {id}.");

    private static IUserPushSubscriptionsGrain Of(HttpContext http, IGrainFactory grains) => grains.GetGrain<IUserPushSubscriptionsGrain>(http.Caller().UserId!.Value);
}
