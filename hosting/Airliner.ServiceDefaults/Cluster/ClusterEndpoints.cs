using Airliner.Contracts.Cluster;
using Airliner.ServiceDefaults.Cluster.Reports;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>How the cluster is, over REST, for administrators and operators.</summary>
public static class ClusterEndpoints
{
    /// <summary>Maps <c>GET /cluster</c>, at the root only.</summary>
    public static void MapCluster(this IEndpointRouteBuilder app) =>
        app.MapGet("/cluster", Show).WithTags("Cluster").ForThoseWhoReadAll("see the cluster").Produces<ClusterAnswer>().Refuses(403);

    private static async Task<IResult> Show(GrainCalls calls)
    {
        var report = await calls.Call(grains => grains.GetGrain<IClusterReportGrain>(0).Report());
        return Results.Ok(new ClusterAnswer(ClusterView.Of(report)));
    }
}
