using System.Security.Cryptography;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Outbound;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>Webhooks over REST: everybody's own, and nobody else's, administrators included.</summary>
internal static class WebhookEndpoints
{
    private const int SecretBytes = 32;

    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Webhooks").ForUsers("A machine client has no webhooks of its own.");
        routes.MapGet("/webhooks", List).Produces<WebhooksAnswer>().Refuses(400, 403).TakesPage();
        routes.MapPost("/webhooks", Create).TakesSecrets().Validated<CreateWebhookBody, CreateWebhookRules>().Produces<WebhookSecretAnswer>(201).Refuses(403, 409);
        routes.MapDelete("/webhooks/{id}", Delete).Produces(204).Refuses(403, 404);
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var page = query.ShortPage();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var (webhooks, pagination) = page.Newest(
            await calls.Call(grains => grains.GetGrain<IUserWebhooksGrain>(http.Caller().UserId!.Value).List()), webhook => webhook.CreatedAt, webhook => webhook.WebhookId);
        return Results.Ok(new WebhooksAnswer(webhooks, pagination));
    }

    private static async Task<IResult> Create(CreateWebhookBody body, HttpContext http, GrainCalls calls, AllowedHosts allowed)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!OutboundAddress.TryParse(body.Url, allowed, out var url, out var complaint))
            return Problem.Invalid("url", complaint);
        var (userId, secret) = (http.Caller().UserId!.Value, RandomNumberGenerator.GetBytes(SecretBytes));
        var command = new CreateWebhook(
            PrefixedIds.Webhooks.New(), userId, url.AbsoluteUri, [.. body.Events!.Distinct(StringComparer.Ordinal)], secret);
        var result = await calls.Call(grains => grains.GetGrain<IUserWebhooksGrain>(userId).Create(command));
        return result.Webhook is { } webhook
            ? Results.Created((string?)null, new WebhookSecretAnswer(WebhookSecret.Of(webhook, secret)))
            : Problem.Conflict($"A user may have {result.MostPerUser} webhooks: delete one first.");
    }

    private static async Task<IResult> Delete(string id, HttpContext http, GrainCalls calls)
    {
        var (userId, tries) = (http.Caller().UserId!.Value, 0);
        // What else comes in the path makes no activation. An earlier try of this call, whose answer was lost, may have deleted it: of a webhook that never was it cannot be told apart.
        return PrefixedIds.Webhooks.AreLike(id) && await calls.Call(async grains => ++tries > 1 | await grains.GetGrain<IWebhookGrain>(id).Delete(userId))
            ? Results.NoContent()
            : Problem.NotFound($"There is no webhook {id}.");
    }
}
