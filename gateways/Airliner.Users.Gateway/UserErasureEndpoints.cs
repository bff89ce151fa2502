using System.Text.Json;
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
        routes.MapDelete("/users/{id:long}", Delete).AddEndpointFilter(UserChangeEndpoints.SelfOrAdmin).Produces(204).Refuses(403, 404, 409).TakesIfMatch();
        routes.MapDelete("/deleteUser/{id:long}", Delete).AddEndpointFilter(UserChangeEndpoints.SelfOrAdmin).Produces(204).Refuses(403, 404, 409).TakesIfMatch();
        routes.MapGet("/users/{id:long}/export", Export).Produces<UserExport>().Refuses(403, 404);
    }

    private static async Task<IResult> Delete(long id, HttpContext http, GrainCalls calls)
    {
        var command = new DeleteUser(http.CommandId(), UserChangeEndpoints.IfMatch(http.Request));
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

        // All or none: where one cannot be asked the answer is its error, or the connection is closed within it; never an export that looks whole.
        (string Name, Func<ExportPlace?, Task<ExportPart>> Read)[] services =
        [
            ("users", PartOf<IUsersPersonalData>), ("auth", PartOf<IAuthPersonalData>), ("tasks", PartOf<ITasksPersonalData>), ("notifications", PartOf<INotificationsPersonalData>),
        ];
        var first = await Task.WhenAll(services.Select(service => service.Read(null)));
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"user-{id}.json\"";
        return Results.Stream(
            async body =>
            {
                await using var json = new Utf8JsonWriter(body, AirlinerJson.WriterOptions);
                json.WriteStartObject();
                json.WriteNumber("userId", id);
                json.WritePropertyName("exportedAt");
                JsonSerializer.SerializeToElement(time.GetUtcNow(), AirlinerJson.Options).WriteTo(json);
                foreach (var (service, part) in services.Zip(first))
                {
                    json.WritePropertyName(service.Name);
                    await json.WriteExportAsync(service.Read, part);
                }

                json.WriteEndObject();
            },
            "application/json");

        Task<ExportPart> PartOf<TService>(ExportPlace? from)
            where TService : IPersonalDataGrain => calls.Call(grains => grains.GetGrain<TService>(0).ExportPart(id, from), http.RequestAborted);
    }
}

/// <summary>The answer as its document has it: it is written part by part, since of some users there is very much.</summary>
/// <param name="Users">What User Management holds, as <paramref name="Auth"/>, <paramref name="Tasks"/> and <paramref name="Notifications"/> of the others.</param>
internal sealed record UserExport(
    long UserId,
    DateTimeOffset ExportedAt,
    [property: JsonConverter(typeof(RawJson))] string Users,
    [property: JsonConverter(typeof(RawJson))] string Auth,
    [property: JsonConverter(typeof(RawJson))] string Tasks,
    [property: JsonConverter(typeof(RawJson))] string Notifications);
