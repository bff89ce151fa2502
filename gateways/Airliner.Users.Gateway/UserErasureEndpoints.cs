using System.Text.Json.Serialization;
using Airliner.Contracts;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Users.Gateway;

/// <summary>What a user takes along, and the end of a user, over REST.</summary>
internal static class UserErasureEndpoints
{
    public static void MapUserErasure(this IEndpointRouteBuilder routes)
    {
        routes.MapDelete("/users/{id:long}", Delete).AddEndpointFilter(UserChangeEndpoints.SelfOrAdmin).Produces(204).Refuses(403, 404, 409);
        routes.MapDelete("/deleteUser/{id:long}", Delete).AddEndpointFilter(UserChangeEndpoints.SelfOrAdmin).Produces(204).Refuses(403, 404, 409);
        routes.MapGet("/users/{id:long}/export", Export).Produces<UserExport>().Refuses(403, 404);
    }

    private static async Task<IResult> Delete(long id, HttpContext http, GrainCalls calls)
    {
        var command = new DeleteUser(http.CommandId());
        var result = await calls.Call(grains => grains.GetGrain<IUserAccessGrain>(0).Delete(id, command));
        return result.Outcome == UserChangeOutcome.Changed ? Results.NoContent() : UserChangeEndpoints.Answer(id, http, result);
    }

    private static async Task<IResult> Export(long id, HttpContext http, GrainCalls calls, TimeProvider time)
    {
        var caller = http.Caller();
        if (caller.IsService)
            return Problem.Forbidden("A machine client exports no user.");
        if (!(caller.Is(id) || caller.ReadsAll) || await calls.Call(grains => grains.GetGrain<IUserGrain>(id).Get()) is null)
            return UserEndpoints.NoSuchUser(id);

        // All or none: where one cannot be asked the answer is its error, never an export that looks whole.
        var users = calls.Call(grains => grains.GetGrain<IUsersPersonalData>(0).Export(id));
        var auth = calls.Call(grains => grains.GetGrain<IAuthPersonalData>(0).Export(id));
        var tasks = calls.Call(grains => grains.GetGrain<ITasksPersonalData>(0).Export(id));
        var notifications = calls.Call(grains => grains.GetGrain<INotificationsPersonalData>(0).Export(id));
        await Task.WhenAll(users, auth, tasks, notifications);
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"user-{id}.json\"";
        return Results.Ok(new UserExport(id, time.GetUtcNow(), await users, await auth, await tasks, await notifications));
    }
}

/// <param name="Users">What User Management holds, as <paramref name="Auth"/>, <paramref name="Tasks"/> and <paramref name="Notifications"/> of the others.</param>
internal sealed record UserExport(
    long UserId,
    DateTimeOffset ExportedAt,
    [property: JsonConverter(typeof(RawJson))] string Users,
    [property: JsonConverter(typeof(RawJson))] string Auth,
    [property: JsonConverter(typeof(RawJson))] string Tasks,
    [property: JsonConverter(typeof(RawJson))] string Notifications);
