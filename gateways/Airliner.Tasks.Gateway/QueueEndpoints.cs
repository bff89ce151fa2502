using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Tasks.Gateway;

/// <summary>The queues of the task types over REST, for administrators and operators.</summary>
internal static class QueueEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder app) =>
        app.MapGet(RoutePrefixes.EventStreamMonitor + "/queues", List).WithTags("Queues").ForThoseWhoReadAll("see the queues").Produces<QueuesAnswer>().Refuses(400, 403).TakesPage();

    /// <summary>By task type.</summary>
    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var page = query.ShortPage();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var (queues, pagination) = page.ByName(await calls.Call(grains => grains.GetGrain<ITaskQueriesGrain>(0).Queues()), queue => queue.TaskType);
        return Results.Ok(new QueuesAnswer(queues, pagination));
    }
}

internal sealed record QueuesAnswer(IReadOnlyList<TaskQueueView> Queues, Pagination Pagination);
