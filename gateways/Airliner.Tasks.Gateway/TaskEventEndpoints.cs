using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Streams;

namespace Airliner.Tasks.Gateway;

/// <summary>What happened to a task, as a list, oldest first, or live as server-sent events.</summary>
internal static class TaskEventEndpoints
{
    public static void MapTaskEvents(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.EventStreamMonitor).WithTags("Tasks");
        routes.MapGet("/tasks/{id:long}/events", Get).Produces<TaskEventsAnswer>().Produces(204).Refuses(400, 404).TakesPage(QueryMember.Number("after")).Resumes().WithDescription(
            $"Oldest first. With Accept: {EventStreams.ContentType} a live stream of server-sent events, which goes on after {EventStreams.LastEventId}; 204 where the task has ended and nothing follows.");
    }

    private static Task<IResult> Get(long id, HttpContext http, TaskRequests tasks, EventStreams streams, StreamPermits permits)
    {
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var after = query.Number("after") ?? 0;
        return query.Errors.Count > 0 ? Task.FromResult(Problem.Invalid(query.Errors))
            : WantsEvents(http.Request) ? Stream(id, after, http, tasks, streams, permits)
            : List(id, page.Before ?? after, page, http, tasks);
    }

    private static async Task<IResult> List(long id, long after, PageRequest page, HttpContext http, TaskRequests tasks) =>
        (await tasks.ReadHistoryAsync(http.Caller(), id, after, page.Limit, page.Offset)).Answer(history => Results.Ok(
            new TaskEventsAnswer([.. history.Facts.Items.Select(TaskEventView.Of)], ListQuery.Pagination(page, history.Facts, fact => fact.Sequence))));

    private static async Task<IResult> Stream(long id, long after, HttpContext http, TaskRequests tasks, EventStreams streams, StreamPermits permits)
    {
        if (http.Request.Headers[EventStreams.LastEventId].ToString() is { Length: > 0 } last && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            return Problem.Invalid(EventStreams.LastEventId, "must be the id of an event of this stream: a whole number from 0.");
        using var permit = permits.TryTake(http);
        if (permit is null)
            return Problem.TooManyRequests(permits.Refusal, permits.Limit);
        var reply = await tasks.ReadHistoryAsync(http.Caller(), id, after);
        if (reply.Value is not { } history)
            return reply.Refusal!.ToProblem();
        // Nothing follows after a task has ended: 204 tells the client not to reconnect.
        if (history.HasEnded && history.Facts.Items.Count == 0)
            return Results.NoContent();
        await streams.RunAsync(http, ended => tasks.WatchAsync(id, after, history, ended).Select(Item));
        return Results.Empty;
    }

    private static SseItem<string> Item(TaskFact fact)
    {
        var view = TaskEventView.Of(fact);
        return new(JsonSerializer.Serialize(view, AirlinerJson.Options), view.EventType) { EventId = fact.Sequence.ToString(CultureInfo.InvariantCulture) };
    }

    private static bool WantsEvents(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals(EventStreams.ContentType, StringComparison.OrdinalIgnoreCase) && type.Quality is not 0);
}

/// <summary>Oldest first.</summary>
internal sealed record TaskEventsAnswer(IReadOnlyList<TaskEventView> Events, Pagination Pagination);

/// <summary>Something that happened to a task, with the members of its event.</summary>
/// <param name="Sequence">Counts the task's own events from 1.</param>
internal sealed record TaskEventView(long Sequence, string EventType, DateTimeOffset Timestamp)
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement> Members { get; init; } = [];

    public static TaskEventView Of(TaskFact fact) => JsonSerializer.Deserialize<TaskEventView>(fact.Event, AirlinerJson.Options)! with { Sequence = fact.Sequence };
}
