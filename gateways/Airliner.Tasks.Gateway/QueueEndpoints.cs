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
        app.MapGet(RoutePrefixes.EventStreamMonitor + "/queues", List).WithTags("Queues").Produces<QueuesAnswer>().Refuses(403);

    /// <summary>Task types are few, so all are one page.</summary>
    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        if (!http.Caller().ReadsAll)
            return Problem.Forbidden("Administrators and operators alone see the queues.");
        var queues = await calls.Call(grains => grains.GetGrain<ITaskQueriesGrain>(0).Queues());
        return Results.Ok(new QueuesAnswer(queues, Pagination.OnePage(queues.Count)));
    }
}

internal sealed record QueuesAnswer(IReadOnlyList<TaskQueueView> Queues, Pagination Pagination);
