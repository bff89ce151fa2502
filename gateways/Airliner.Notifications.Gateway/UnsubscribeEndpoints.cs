using System.Text;
using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Notifications.Gateway;

/// <summary>
/// The link in mails that ends them, without a login (RFC 8058). Mail programs post to it; what people open in a browser changes nothing, for scanners of mails
/// open every link too.
/// </summary>
internal static class UnsubscribeEndpoints
{
    public static void MapUnsubscribe(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Preferences").AllowAnonymous();
        // The token is in the address. The form that comes along, List-Unsubscribe=One-Click, says nothing more, and is left unread.
        routes.MapPost("/unsubscribe", Unsubscribe).Produces(204).Refuses(400);
        routes.MapGet("/unsubscribe", Ask).Produces<string>(200, "text/html").Refuses(400);
    }

    private static async Task<IResult> Unsubscribe(string? token, GrainCalls calls) =>
        token is not null && await calls.Call(grains => grains.GetGrain<IUnsubscribeGrain>(0).Unsubscribe(token)) ? Results.NoContent() : NoSuchLink;

    private static async Task<IResult> Ask(string? token, HttpContext http, GrainCalls calls)
    {
        if (token is null || await calls.Call(grains => grains.GetGrain<IUnsubscribeGrain>(0).Read(token)) is not { } category)
            return NoSuchLink;
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        return Results.Text(Page(category), "text/html", Encoding.UTF8);
    }

    private static IResult NoSuchLink => Problem.Invalid("token", "is not one that was given out: use the link as it is in the mail.");

    /// <summary>Without an action, the form posts to the page's own address. Whatever was pressed stays on the page: the answer has no content.</summary>
    private static string Page(string category) => $"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Airliner</title></head>
        <body>
          <h1>End these mails?</h1>
          <p>Airliner then writes you no more mails about {(category == NotificationCategories.Account ? "your account, but for its security" : "your tasks")}.</p>
          <form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">End these mails</button></form>
          <p>The page stays as it is when it is done.</p>
        </body>
        </html>
        """;
}
