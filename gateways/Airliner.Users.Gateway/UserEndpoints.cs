using Airliner.Contracts;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Users.Gateway;

/// <summary>Users over REST.</summary>
internal static class UserEndpoints
{
    private static readonly string[] _statuses = [.. UserStatus.All, UserStatus.Deleted];

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in RoutePrefixes.UsersAndAuth)
        {
            var routes = app.MapGroup(prefix).WithTags("Users");
            routes.MapPost("/registerUser", Register).Validated<RegisterBody, RegisterRules>().LimitedBy<IRegistrationLimitGrain>("registration")
                .AllowAnonymous().Produces<RegisteredAnswer>(201).Refuses(409);
            routes.MapPost("/users/register", Register).Validated<RegisterBody, RegisterRules>().LimitedBy<IRegistrationLimitGrain>("registration")
                .AllowAnonymous().Produces<RegisteredAnswer>(201).Refuses(409);
            routes.MapGet("/users", List).ForThoseWhoReadAll("list users").Produces<UsersAnswer>().Refuses(400, 403).TakesPage(
                QueryMember.Text("username"), QueryMember.Text("email"), QueryMember.OneOf("status", _statuses));
            routes.MapGet("/users/{id:long}", Get).ProducesUser().Refuses(404);
            routes.MapGet("/getUser/{id:long}", Get).ProducesUser().Refuses(404);
            routes.MapUserChanges();
            routes.MapUserErasure();
            routes.MapCodes();
        }
    }

    /// <summary>The user, with the entity tag.</summary>
    internal static IResult Answer(HttpContext http, UserView user)
    {
        http.Response.Headers.ETag = user.ETag;
        http.Concerns(user.UserId);
        return Results.Ok(new UserAnswer(user));
    }

    /// <summary>Says that the route answers so.</summary>
    internal static RouteHandlerBuilder ProducesUser(this RouteHandlerBuilder route) => route.Produces<UserAnswer>().AnswersHeader("ETag", "The user's entity tag, for If-Match.");

    internal static IResult NoSuchUser(long id) => Problem.NotFound($"There is no user {id}.");

    internal static IResult EmailTaken => Problem.Conflict("The e-mail address belongs to an account already.");

    private static async Task<IResult> Register(RegisterBody body, HttpContext http, GrainCalls calls, IdAllocator<IUserIdBlocks> ids)
    {
        var userId = await ids.NextAsync();
        var command = new RegisterUser(
            http.CommandId(), body.Username!, body.Email!, body.Password!, body.FirstName!, body.LastName!, RegisterRules.Date(body.DateOfBirth), [Roles.User]);
        var result = await calls.Call(grains => grains.GetGrain<IRegistrationGrain>(0).Register(userId, command));
        return result.Outcome switch
        {
            RegisterOutcome.UsernameTaken => Problem.Conflict("This username is taken."),
            RegisterOutcome.EmailTaken => EmailTaken,
            RegisterOutcome.PasswordRefused => Problem.Invalid("password", result.Refusal!.Value.Message()),
            RegisterOutcome.Busy => Problem.Unavailable("More registrations wait than can be taken now.", TimeSpan.FromSeconds(2)),
            _ => Registered(http, result.User!),
        };
    }

    /// <summary>The user, whose id may be the one of the command's first try.</summary>
    private static IResult Registered(HttpContext http, UserView user)
    {
        http.Concerns(user.UserId);
        var prefix = http.Request.Path.Value![..http.Request.Path.Value!.IndexOf('/', "/api/v1/".Length)];
        return Results.Created($"{prefix}/users/{user.UserId}", new RegisteredAnswer("User registered successfully.", user));
    }

    private static async Task<IResult> Get(long id, HttpContext http, GrainCalls calls)
    {
        var caller = http.Caller();
        var user = caller.Is(id) || caller.ReadsAll || caller.IsService
            ? await calls.Call(grains => grains.GetGrain<IUserGrain>(id).Get())
            : null;
        if (user is not null)
            return Answer(http, user);
        // Who reads everything learns that there was one; to all others a deleted user is like none.
        var isDeleted = caller.ReadsAll && await calls.Call(grains => grains.GetGrain<IUserQueriesGrain>(0).GetStanding(id)) is { Status: UserStatus.Deleted };
        return isDeleted ? Results.Ok(new DeletedUserAnswer(new(id))) : NoSuchUser(id);
    }

    private static async Task<IResult> List(HttpContext http, GrainCalls calls)
    {
        var query = new ListQuery(http.Request);
        var page = query.Page();
        var filter = new UserFilter(query.Text("username"), query.Text("email"), query.OneOf("status", _statuses));
        if (query.Errors.Count > 0)
            return Problem.Invalid(query.Errors);
        var users = await calls.Call(grains => grains.GetGrain<IUserQueriesGrain>(0).List(filter, page));
        var pagination = ListQuery.Pagination(page, users, user => user.UserId);
        return filter.Status == UserStatus.Deleted
            ? Results.Ok(new DeletedUsersAnswer([.. users.Items.Select(user => new DeletedUser(user.UserId))], pagination))
            : Results.Ok(new UsersAnswer(users.Items, pagination));
    }
}

internal sealed record UserAnswer(UserView User);

internal sealed record UsersAnswer(IReadOnlyList<UserView> Users, Pagination Pagination);

/// <summary>What is left of a user who was deleted.</summary>
internal sealed record DeletedUser(long UserId, string Status = UserStatus.Deleted);

internal sealed record DeletedUserAnswer(DeletedUser User);

internal sealed record DeletedUsersAnswer(IReadOnlyList<DeletedUser> Users, Pagination Pagination);

internal sealed record RegisteredAnswer(string Message, UserView User);
