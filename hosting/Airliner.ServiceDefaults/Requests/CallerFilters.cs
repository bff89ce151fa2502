using Airliner.Contracts;
using Airliner.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Refuse by who calls, before the rules of a body: whoever may not call learns nothing of what would be right.</summary>
public static class CallerFilters
{
    /// <summary>Answers 403 to machine clients, which have nothing that is a user's own.</summary>
    /// <param name="refusal">The answer's detail.</param>
    public static TBuilder ForUsers<TBuilder>(this TBuilder routes, string refusal)
        where TBuilder : IEndpointConventionBuilder => routes.Only(caller => caller.UserId is not null, refusal);

    /// <summary>Answers 403 to all but administrators and operators.</summary>
    /// <param name="doing">What they alone do, as the answer says it.</param>
    public static TBuilder ForThoseWhoReadAll<TBuilder>(this TBuilder routes, string doing)
        where TBuilder : IEndpointConventionBuilder => routes.Only(caller => caller.ReadsAll, $"Administrators and operators alone {doing}.");

    private static TBuilder Only<TBuilder>(this TBuilder routes, Predicate<Caller> may, string refusal)
        where TBuilder : IEndpointConventionBuilder => routes.AddEndpointFilter(async (context, next) =>
            may(context.HttpContext.Caller()) ? await next(context) : Problem.Forbidden(refusal));
}
