using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Which of many records a command is about: what a list is filtered by, in the query as a list has it, or as a body.</summary>
public static class RequestFilters
{
    /// <summary>
    /// Hands the route's handler, as its first argument, the filters of the query or those of the body; one where nothing matters if there are none. Answers 400 where there
    /// are some in either, which could not all be meant, and with every rule of <typeparamref name="TValidator"/> that they break, by member.
    /// </summary>
    /// <param name="read">The filters of a query.</param>
    /// <param name="members">The query, for the OpenAPI document.</param>
    public static RouteHandlerBuilder TakesFilters<TFilters, TValidator>(this RouteHandlerBuilder route, Func<ListQuery, TFilters> read, params QueryMember[] members)
        where TFilters : class
        where TValidator : AbstractValidator<TFilters>, new()
    {
        ArgumentNullException.ThrowIfNull(read);
        var validator = new TValidator();
        var none = read(new ListQuery(new DefaultHttpContext().Request));
        return route.TakesQuery(members).AddEndpointFilter(async (context, next) =>
        {
            var query = new ListQuery(context.HttpContext.Request);
            var (filters, errors) = (read(query), query.Errors);
            if (context.Arguments[0] is TFilters body && !body.Equals(none))
            {
                if (errors.Count > 0 || !filters.Equals(none))
                    return Problem.Invalid("body", "must have no filters where the query has some: send either.");
                filters = body;
            }

            foreach (var (member, messages) in (await validator.ValidateAsync(filters, context.HttpContext.RequestAborted)).ToDictionary())
                errors.TryAdd(member, messages);
            if (errors.Count > 0)
                return Problem.Invalid(errors);
            context.Arguments[0] = filters;
            return await next(context);
        });
    }
}
