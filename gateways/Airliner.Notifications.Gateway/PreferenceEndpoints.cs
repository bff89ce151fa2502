using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Notifications.Gateway;

/// <summary>How users want to be told, over REST.</summary>
internal static class PreferenceEndpoints
{
    public static void MapPreferences(this IEndpointRouteBuilder app)
    {
        var routes = app.MapGroup(RoutePrefixes.Airliner).WithTags("Preferences");
        routes.MapGet("/users/{id:long}/preferences", Get)
            .AddEndpointFilter((context, next) => OwnerOr(caller => caller.ReadsAll, context, next)).Produces<PreferencesAnswer>().Refuses(403, 404);
        routes.MapPut("/users/{id:long}/preferences", Replace)
            .AddEndpointFilter((context, next) => OwnerOr(caller => caller.IsAdmin, context, next)).Validated<PreferencesBody, PreferencesRules>()
            .Produces<PreferencesAnswer>().Refuses(403, 404);
    }

    private static async Task<IResult> Get(long id, HttpContext http, GrainCalls calls)
    {
        if (!await IsThereAsync(id, http.Caller(), calls))
            return NoSuchUser(id);
        return Results.Ok(new PreferencesAnswer(await calls.Call(grains => grains.GetGrain<IRecipientGrain>(id).GetPreferences())));
    }

    private static async Task<IResult> Replace(long id, PreferencesBody body, HttpContext http, GrainCalls calls)
    {
        if (!await IsThereAsync(id, http.Caller(), calls))
            return NoSuchUser(id);
        http.Concerns(id);
        try
        {
            return Results.Ok(new PreferencesAnswer(await calls.Call(grains => grains.GetGrain<IRecipientGrain>(id).SetPreferences(body.ToPreferences()))));
        }
        catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
        {
            return NoSuchUser(id);
        }
    }

    private static ValueTask<object?> OwnerOr(Func<Caller, bool> mayToo, EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = context.HttpContext.Caller();
        var id = context.GetArgument<long>(0);
        return caller.Is(id) || mayToo(caller) ? next(context)
            : new(caller.ReadsAll || caller.IsService ? Problem.Forbidden("Preferences are their user's and the administrators'.") : NoSuchUser(id));
    }

    /// <summary>Whether there is such a user, which the Users service knows. The owner's token says so.</summary>
    private static async Task<bool> IsThereAsync(long id, Caller caller, GrainCalls calls) =>
        caller.Is(id) || await calls.Call(grains => grains.GetGrain<IUserQueriesGrain>(0).GetStanding(id)) is { Status: not UserStatus.Deleted };

    private static IResult NoSuchUser(long id) => Problem.NotFound($"There is no user {id}.");
}
