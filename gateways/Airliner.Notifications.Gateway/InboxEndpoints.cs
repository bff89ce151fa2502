using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Streams;

namespace Airliner.Notifications.Gateway;

/// <summary>Everybody's own inbox, and nobody else's, administrators included.</summary>
internal static class InboxEndpoints
{
    /// <summary>Streams go to so many grains, so that their calls are spread over the cluster's connections.</summary>
    private const int Spread = 64;

    public static void MapInbox(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Inbox").ForUsers("A machine client has no inbox.");
        routes.MapPut("/notifications/{id:long}/read", MarkRead).TakesOpaqueId().Produces<NotificationAnswer>().Refuses(403, 404, 409);
        routes.MapGet("/notifications/unread", CountUnread).Produces<UnreadAnswer>().Refuses(403);
        routes.MapGet("/notifications/stream", Stream).Produces<string>(200, EventStreams.ContentType).Refuses(400, 403).Resumes().WithDescription(
            "A live stream of server-sent events: unread, with the count, at first and whenever it has changed; notification, an entry that was posted; read, one that was marked. "
            + $"It goes on after {EventStreams.LastEventId}.");
    }

    private static async Task<IResult> MarkRead(long id, HttpContext http, GrainCalls calls)
    {
        var result = await calls.Call(grains => grains.GetGrain<INotificationGrain>(id).MarkRead(http.Caller().UserId!.Value));
        return result.Outcome switch
        {
            MarkReadOutcome.Read => Results.Ok(new NotificationAnswer(result.Notification!)),
            MarkReadOutcome.NotFound => await AnotherUsersAsync(id, http, calls),
            _ => Problem.Conflict($"Notification {id} is not in the inbox: its channel is {result.Notification!.Channel} and its status {result.Notification.Status}."),
        };
    }

    /// <summary>Who reads everything is told that it is not theirs to mark; to others it is not there.</summary>
    private static async Task<IResult> AnotherUsersAsync(long id, HttpContext http, GrainCalls calls) =>
        http.Caller().ReadsAll && await calls.Call(grains => grains.GetGrain<INotificationGrain>(id).Get()) is not null
            ? Problem.Forbidden("A notification is its owner's to mark as read.")
            : Problem.NotFound($"There is no notification {id}.");

    private static async Task<IResult> CountUnread(HttpContext http, GrainCalls calls)
    {
        var userId = http.Caller().UserId!.Value;
        return Results.Ok(new UnreadAnswer(new(await calls.Call(grains => Inbox(grains, userId).CountUnread(userId)))));
    }

    private static async Task<IResult> Stream(HttpContext http, GrainCalls calls, EventStreams streams, StreamPermits permits)
    {
        InboxPosition? after = null;
        if (http.Request.Headers[EventStreams.LastEventId].ToString() is { Length: > 0 } last && !InboxPosition.TryParse(last, out after))
            return Problem.Invalid(EventStreams.LastEventId, "must be the id of an event of this stream.");
        using var permit = permits.TryTake(http);
        if (permit is null)
            return Problem.TooManyRequests(permits.Refusal, permits.Limit);
        var userId = http.Caller().UserId!.Value;
        var news = await calls.Call(grains => Inbox(grains, userId).Read(userId, after));
        await streams.RunAsync(http, ended => WatchAsync(userId, after, news, calls, ended));
        return Results.Empty;
    }

    /// <summary>What changes in an inbox, each change once and in order, whatever becomes of silos meanwhile.</summary>
    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        long userId, InboxPosition? after, InboxNews news, GrainCalls calls, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long? unread = null;
        var known = news.Changes.Count > 0 ? after!.Value : news.Position;
        while (true)
        {
            if (news.Unread != unread)
                yield return Item("unread", new Unread(news.Unread), known);
            foreach (var change in news.Changes)
                yield return Item(change.Entry.ReadAt is null ? "notification" : "read", change.Entry, change.Position);
            (unread, known) = (news.Unread, news.Position);
            news = await NextAsync(userId, news, calls, cancellation);
        }
    }

    private static async Task<InboxNews> NextAsync(long userId, InboxNews known, GrainCalls calls, CancellationToken cancellation)
    {
        if (known.HasMore)
            return await calls.CallUntilAnswered(grains => Inbox(grains, userId).Read(userId, known.Position), cancellation);
        while (true)
        {
            if (await calls.CallUntilAnswered(grains => Inbox(grains, userId).Wait(userId, known.Position), cancellation) is { } news)
                return news;
        }
    }

    private static SseItem<string> Item<T>(string type, T data, InboxPosition position) =>
        new(JsonSerializer.Serialize(data, AirlinerJson.Options), type) { EventId = position.ToString() };

    private static IInboxGrain Inbox(IGrainFactory grains, long userId) => grains.GetGrain<IInboxGrain>(userId % Spread);
}

internal sealed record UnreadAnswer(Unread Unread);

/// <summary>How many entries of the inbox are not read.</summary>
internal sealed record Unread(long Count);
