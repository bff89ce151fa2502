using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using FluentValidation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>Checks a route's body before its handler runs.</summary>
public static class ValidationFilter
{
    /// <summary>Answers 400 with every rule of <typeparamref name="TValidator"/> that the body of type <typeparamref name="TBody"/> breaks, by field.</summary>
    public static RouteHandlerBuilder Validated<TBody, TValidator>(this RouteHandlerBuilder route)
        where TValidator : AbstractValidator<TBody>, new()
    {
        var validator = new TValidator();
        return route.WithMetadata(RequiredMembers.Of(validator)).AddEndpointFilter(async (context, next) =>
        {
            if (context.Arguments.OfType<TBody>().FirstOrDefault() is not { } body)
                return Problem.Of(StatusCodes.Status400BadRequest, "A JSON body is required.");
            var result = await validator.ValidateAsync(body, context.HttpContext.RequestAborted);
            return result.IsValid ? await next(context) : Problem.Invalid(result.ToDictionary());
        });
    }
}
