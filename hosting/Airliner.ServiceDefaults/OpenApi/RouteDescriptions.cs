using Microsoft.AspNetCore.Builder;

namespace Airliner.ServiceDefaults.OpenApi;

/// <summary>The statuses that a route answers beside those that follow from what it is.</summary>
internal sealed record RefusalMetadata(IReadOnlyList<int> Statuses);

/// <summary>A route of OAuth: it takes a form, and says in full how it refuses.</summary>
internal sealed record FormMetadata(Type Form);

/// <summary>Documents what routes take and how they refuse, where the framework cannot see it.</summary>
public static class RouteDescriptions
{
    /// <summary>
    /// Says which problems the route answers of its own, for the OpenAPI document. 400, 413 and 415 of a body, 401 of a token, 429 and 503 need not be said.
    /// </summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder route, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RefusalMetadata(statuses));

    /// <summary>
    /// Says that the route takes a form (RFC 6749 §3.2). Unlike <c>Accepts</c> it leaves the refusal of anything else to the route, for OAuth has errors of its own.
    /// </summary>
    public static TBuilder TakesForm<TBuilder>(this TBuilder route, Type form)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new FormMetadata(form));
}
