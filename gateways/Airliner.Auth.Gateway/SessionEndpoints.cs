using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Auth.Gateway;

/// <summary>Sessions over REST: what is open, and ending it.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in RoutePrefixes.UsersAndAuth)
        {
            var routes = app.MapGroup(prefix).WithTags("Sessions");
            routes.MapPost("/logout", LogOut).TakesSecrets().Produces(204).Refuses(403);
            routes.MapGet("/sessions", List).Produces<SessionsAnswer>().Refuses(400, 403).TakesPage(QueryMember.UserId);
            routes.MapDelete("/sessions/{id}", End).Produces(204).Refuses(400, 403, 404).TakesQuery(QueryMember.UserId);
            routes.MapDelete("/sessions", EndAll).Produces(204).Refuses(400, 403).TakesQuery(QueryMember.UserId);
        }
    }

    private static async Task<IResult> LogOut(HttpContext http, GrainCalls calls)
    {
        if (http.Caller().UserId is not { } userId || CurrentSession(http) is not { } sessionId)
            return NoSessions();
        var command = new EndSession(http.CommandId(), sessionId, SessionEnds.LoggedOut);
        // A session that has ended already is logged out as well.
        await calls.Call(grains => grains.GetGrain<IUserSessionsGrain>(userId).End(command));
        return Results.NoContent();
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var page = query.ShortPage();
        if (Whose(http, query, toEnd: false, out var userId) is { } refusal)
            return refusal;
        var current = CurrentSession(http);
        var (sessions, pagination) = page.Newest(
            await calls.Call(grains => grains.GetGrain<IUserSessionsGrain>(userId).List()), session => session.CreatedAt, session => session.SessionId);
        return Results.Ok(new SessionsAnswer([.. sessions.Select(session => SessionAnswer.Of(session, current))], pagination));
    }

    private static async Task<IResult> End(string id, HttpContext http, GrainCalls calls)
    {
        if (Whose(http, new(http.Request), toEnd: true, out var userId) is { } refusal)
            return refusal;
        var command = new EndSession(http.CommandId(), id, SessionEnds.Ended);
        var ended = await calls.Call(grains => grains.GetGrain<IUserSessionsGrain>(userId).End(command));
        return ended ? Results.NoContent() : Problem.NotFound($"There is no session {id}.");
    }

    private static async Task<IResult> EndAll(HttpContext http, GrainCalls calls)
    {
        if (Whose(http, new(http.Request), toEnd: true, out var userId) is { } refusal)
            return refusal;
        await calls.Call(grains => grains.GetGrain<IUserSessionsGrain>(userId).EndAll(SessionEnds.Ended, epoch: null));
        return Results.NoContent();
    }

    /// <summary>Whose sessions are meant: the caller's own, or those of the user whom an administrator names.</summary>
    private static IResult? Whose(HttpContext http, ListQuery query, bool toEnd, out long userId)
    {
        var caller = http.Caller();
        userId = query.UserId() ?? caller.UserId ?? 0;
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        if (caller.UserId is null)
            return NoSessions();
        return caller.Is(userId) || caller.IsAdmin || (caller.ReadsAll && !toEnd) ? null : Problem.Forbidden("These are another user's sessions.");
    }

    private static IResult NoSessions() => Problem.Forbidden("A machine client has no sessions.");

    private static string? CurrentSession(HttpContext http) => http.User.FindFirst("sid")?.Value;
}

internal sealed record SessionsAnswer(IReadOnlyList<SessionAnswer> Sessions, Pagination Pagination);

/// <param name="LastUsedAt">The login or the last refresh.</param>
/// <param name="ExpiresAt">When the session ends unless it is refreshed.</param>
/// <param name="SourceAddress">Where the login or the last refresh came from.</param>
/// <param name="Current">Whether it is the session of the token that asks.</param>
internal sealed record SessionAnswer(
    string SessionId, DateTimeOffset CreatedAt, DateTimeOffset LastUsedAt, DateTimeOffset ExpiresAt, string SourceAddress, string UserAgent, bool Current)
{
    public static SessionAnswer Of(SessionView view, string? current) => new(
        view.SessionId, view.CreatedAt, view.LastUsedAt, view.ExpiresAt, view.SourceAddress, view.UserAgent, view.SessionId == current);
}
