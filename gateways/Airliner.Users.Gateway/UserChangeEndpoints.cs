using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using Airliner.ServiceDefaults.Security;
using Microsoft.Net.Http.Headers;

namespace Airliner.Users.Gateway;

/// <summary>Changes of users over REST.</summary>
internal static class UserChangeEndpoints
{
    public static void MapUserChanges(this IEndpointRouteBuilder routes)
    {
        routes.MapPatch("/users/{id:long}", Update).AddEndpointFilter(SelfOrAdmin).Validated<UpdateUserBody, UpdateUserRules>()
            .ProducesUser().Refuses(403, 404, 409).TakesIfMatch();
        routes.MapPut("/users/{id:long}/password", ChangePassword).TakesSecrets().AddEndpointFilter(SelfOrAdmin).Validated<PasswordBody, PasswordRules>()
            .Produces(204).Refuses(403, 404);
        routes.MapPut("/users/{id:long}/roles", SetRoles).RequireAuthorization(BearerAuthentication.Admin).Validated<RolesBody, RolesRules>()
            .ProducesUser().Refuses(403, 404, 409).TakesIfMatch();
        routes.MapPut("/users/{id:long}/status", SetStatus).RequireAuthorization(BearerAuthentication.Admin).Validated<StatusBody, StatusRules>()
            .ProducesUser().Refuses(403, 404, 409).TakesIfMatch();
    }

    /// <summary>Says that the route has <c>If-Match</c>, and has one that is malformed refused.</summary>
    public static RouteHandlerBuilder TakesIfMatch(this RouteHandlerBuilder route) => route
        .Refuses(412)
        .TakesHeader("If-Match", "The ETag of the user as it was read: 412 where it has changed since. Without it the change is made in any case.")
        .AddEndpointFilter((context, next) => TryReadIfMatch(context.HttpContext.Request, out _)
            ? next(context)
            : new(Problem.Of(StatusCodes.Status400BadRequest, "If-Match must be a list of entity tags, or *.")));

    /// <summary>The entity tags of <c>If-Match</c> that can match, null where the header is absent. A weak one never does (RFC 9110 §13.1.1).</summary>
    public static IReadOnlyList<string>? IfMatch(HttpRequest request) => TryReadIfMatch(request, out var tags) ? tags : [];

    private static async Task<IResult> Update(long id, UpdateUserBody body, HttpContext http, GrainCalls calls)
    {
        var command = new UpdateUser(
            http.CommandId(), http.Caller(), body.FirstName, body.LastName, body.Email, body.Has("dateOfBirth"), RegisterRules.Date(body.DateOfBirth), IfMatch(http.Request));
        return Answer(id, http, await calls.Call(grains => body.Email is null
            ? grains.GetGrain<IUserGrain>(id).Update(command)
            : grains.GetGrain<IUserAccessGrain>(0).ChangeEmail(id, new ChangeEmail(command, body.Password, http.SourceAddress()))), passwordField: "password");
    }

    private static async Task<IResult> ChangePassword(long id, PasswordBody body, HttpContext http, GrainCalls calls)
    {
        var isOwn = http.Caller().Is(id);
        if (isOwn && string.IsNullOrEmpty(body.OldPassword))
            return Problem.Invalid("oldPassword", "is required.");
        var command = new ChangePassword(http.CommandId(), isOwn ? body.OldPassword : null, body.NewPassword!, http.SourceAddress());
        var result = await calls.Call(grains => grains.GetGrain<IUserAccessGrain>(0).ChangePassword(id, command));
        return result.Outcome == UserChangeOutcome.Changed ? Results.NoContent() : Answer(id, http, result);
    }

    private static async Task<IResult> SetRoles(long id, RolesBody body, HttpContext http, GrainCalls calls)
    {
        var command = new SetUserRoles(http.CommandId(), [.. body.Roles!.OfType<string>()], IfMatch(http.Request));
        return Answer(id, http, await calls.Call(grains => grains.GetGrain<IUserAccessGrain>(0).SetRoles(id, command)));
    }

    private static async Task<IResult> SetStatus(long id, StatusBody body, HttpContext http, GrainCalls calls)
    {
        var command = new SetUserStatus(http.CommandId(), body.Status!, IfMatch(http.Request));
        return Answer(id, http, await calls.Call(grains => grains.GetGrain<IUserAccessGrain>(0).SetStatus(id, command)));
    }

    internal static IResult Busy => Problem.Unavailable("More passwords wait than can be taken now.", TimeSpan.FromSeconds(2));

    internal static IResult Answer(long id, HttpContext http, UserChangeResult result, string passwordField = "oldPassword") => result.Outcome switch
    {
        UserChangeOutcome.NotFound => UserEndpoints.NoSuchUser(id),
        UserChangeOutcome.Stale => Problem.Of(StatusCodes.Status412PreconditionFailed, $"User {id} has changed since: read it again."),
        UserChangeOutcome.EmailTaken => UserEndpoints.EmailTaken,
        UserChangeOutcome.EmailRefused => Problem.Invalid("password", "is required beside a new e-mail address."),
        UserChangeOutcome.LastAdministrator => Problem.Conflict($"User {id} is the last active administrator, and stays one until there is another."),
        UserChangeOutcome.WrongPassword => Problem.Invalid(passwordField, "is wrong."),
        UserChangeOutcome.PasswordRefused => Problem.Invalid("newPassword", result.Refusal!.Value.Message()),
        UserChangeOutcome.HeldBack => Problem.TooManyRequests(
            "Too many attempts at this password failed.",
            new(LoginGuardLimits.Policy, LoginGuardLimits.FailuresOfAPair, LoginGuardLimits.PairForgottenAfter, result.RetryAfter)),
        UserChangeOutcome.TooManyMails => Problem.TooManyRequests(
            "Too many mails to verify an address were asked for.",
            new(CodeLimits.VerificationMailsPolicy, CodeLimits.VerificationMailsAnHour, CodeLimits.MailWindow, result.RetryAfter)),
        UserChangeOutcome.Busy => Busy,
        _ => UserEndpoints.Answer(http, result.User!),
    };

    /// <summary>A user changes oneself, an administrator anybody. Who may read the user is told that this is not theirs to change, others find nobody.</summary>
    internal static ValueTask<object?> SelfOrAdmin(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var caller = context.HttpContext.Caller();
        var id = context.GetArgument<long>(0);
        return caller.Is(id) || caller.IsAdmin ? next(context)
            : new(caller.ReadsAll || caller.IsService ? Problem.Forbidden("This caller changes no other user.") : UserEndpoints.NoSuchUser(id));
    }

    private static bool TryReadIfMatch(HttpRequest request, out IReadOnlyList<string>? tags)
    {
        tags = null;
        if (request.Headers.IfMatch.Count == 0)
            return true;
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out var parsed))
            return false;
        tags = [.. parsed.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString())];
        return true;
    }
}
