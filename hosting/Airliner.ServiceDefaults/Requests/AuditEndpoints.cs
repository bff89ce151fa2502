using Airliner.Contracts.Audit;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>A service's audit log over REST, for administrators and operators.</summary>
public static class AuditEndpoints
{
    /// <summary>Maps the list of the log that <typeparamref name="TGrain"/> reads.</summary>
    public static void MapAudit<TGrain>(this IEndpointRouteBuilder app)
        where TGrain : IAuditGrain
    {
        foreach (var prefix in RoutePrefixes.UsersAndAuth)
            app.MapGet(prefix + "/audit", List<TGrain>).WithTags("Audit").ForThoseWhoReadAll("read the audit log").Produces<AuditAnswer>().Refuses(400, 403).TakesPage(QueryMember.UserId);
    }

    private static async Task<IResult> List<TGrain>(HttpContext http, GrainCalls calls)
        where TGrain : IAuditGrain
    {
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var userId = query.UserId();
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var entries = await calls.Call(grains => grains.GetGrain<TGrain>(0).List(userId, page));
        return Results.Ok(new AuditAnswer(entries.Items, ListQuery.Pagination(page, entries, entry => entry.AuditId)));
    }
}

internal sealed record AuditAnswer(IReadOnlyList<AuditView> Audit, Pagination Pagination);
