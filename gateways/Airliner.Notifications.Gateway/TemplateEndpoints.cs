using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Notifications.Gateway;

/// <summary>Templates over REST, for administrators.</summary>
internal static class TemplateEndpoints
{
    public static void MapTemplates(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Templates").AddEndpointFilter(async (context, next) =>
            context.HttpContext.Caller().IsAdmin ? await next(context) : Problem.Forbidden("Administrators alone preview templates."));
        routes.MapPost("/templates/preview", Preview).Validated<TemplatePreviewBody, TemplatePreviewRules>().Produces<TemplatePreviewAnswer>().Refuses(403);
    }

    private static async Task<IResult> Preview(TemplatePreviewBody body, GrainCalls calls)
    {
        var command = new PreviewNotification(
            body.EventType!, body.Channel!, body.Locale ?? Locales.Default, body.Data?.GetRawText(), body.Template?.Subject, body.Template?.Text, body.Template?.Html);
        var result = await calls.Call(grains => grains.GetGrain<ITemplatePreviewGrain>(0).Render(command));
        return result.Preview is { } preview ? Results.Ok(new TemplatePreviewAnswer(preview)) : Problem.Invalid(result.Member!, result.Complaint!);
    }
}

internal sealed record TemplatePreviewAnswer(NotificationPreview Preview);
