using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.Notifications.Gateway;

/// <summary>Bounces, as mail providers tell of them: signed by the provider, without a token.</summary>
internal static class BounceEndpoints
{
    /// <summary>1 MiB: a thousand bounces with some text each.</summary>
    private const int MaxBytes = 1 << 20;

    private static readonly BouncesRules _rules = new();

    public static void MapBounces(this IEndpointRouteBuilder app) =>
        app.MapPost(RoutePrefixes.Airliner + "/bounces/{provider}", Take).WithTags("Bounces").AllowAnonymous().WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .TakesJson(_rules).TakesHeader("webhook-id", "Names the message, and is signed with it.")
            .TakesHeader("webhook-timestamp", "When it was signed, in seconds since 1970.").TakesHeader("webhook-signature", "v1, and base64 of the HMAC-SHA-256, as Standard Webhooks has it.")
            .Produces(StatusCodes.Status204NoContent).Refuses(400, 401, 404, 413);

    /// <summary>The body is read as bytes, since these are what is signed.</summary>
    private static async Task<IResult> Take(string provider, HttpContext http, BounceProviders providers, GrainCalls calls)
    {
        if (!providers.Know(provider))
            return Problem.NotFound($"There is no provider '{provider}' that tells of bounces.");
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (providers.Complaint(provider, http.Request.Headers, bytes.Span) is { } complaint)
        {
            // RFC 9110 §11.6.1 wants a scheme to be named.
            http.Response.Headers.WWWAuthenticate = "Webhook-Signature";
            return Problem.Unauthorized(complaint);
        }

        BouncesBody? body;
        try
        {
            body = JsonSerializer.Deserialize<BouncesBody>(bytes.Span, AirlinerJson.Options);
        }
        catch (JsonException error)
        {
            return Problem.Of(error);
        }

        if (body is null)
            return Problem.Of(StatusCodes.Status400BadRequest, "A JSON body is required.");
        if (_rules.Validate(body) is { IsValid: false } invalid)
            return Problem.Invalid(invalid.ToDictionary());
        var bounces = body.Bounces!.Select(bounce => bounce.ToBounce()).ToList();
        await calls.Call(grains => grains.GetGrain<IBouncesGrain>(0).Take(bounces));
        return Results.NoContent();
    }
}
