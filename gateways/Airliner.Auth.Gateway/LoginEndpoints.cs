using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;
using FluentValidation;

namespace Airliner.Auth.Gateway;

/// <summary>Logging in over REST, and staying logged in.</summary>
internal static class LoginEndpoints
{
    /// <summary>The shortest time that a refusal takes. A failure at an existing account also writes to the audit log; without this, the time would show that the account exists.</summary>
    private static readonly TimeSpan _shortestRefusal = TimeSpan.FromMilliseconds(150);

    public static void MapLogins(this IEndpointRouteBuilder app)
    {
        foreach (var prefix in RoutePrefixes.UsersAndAuth)
        {
            var routes = app.MapGroup(prefix).WithTags("Tokens").AllowAnonymous().TakesSecrets();
            routes.MapPost("/login", Login).Validated<LoginBody, LoginRules>().LimitedBy<ILoginLimitGrain>("login").Produces<LoginAnswer>().Refuses(401);
            routes.MapPost("/generateToken", GenerateToken).Validated<GenerateTokenBody, GenerateTokenRules>().LimitedBy<ILoginLimitGrain>("login").Produces<TokenAnswer>().Refuses(401);
            routes.MapPost("/refreshToken", Refresh).Validated<RefreshBody, RefreshRules>().Produces<LoginAnswer>().Refuses(401);
        }

        var older = app.MapGroup(RoutePrefixes.EventStreamMonitor + "/auth").WithTags("Tokens").AllowAnonymous().TakesSecrets();
        older.MapPost("/login", Login).Validated<LoginBody, LoginRules>().LimitedBy<ILoginLimitGrain>("login").Produces<LoginAnswer>().Refuses(401);
        older.MapPost("/generateToken", GenerateToken).Validated<GenerateTokenBody, GenerateTokenRules>().LimitedBy<ILoginLimitGrain>("login").Produces<TokenAnswer>().Refuses(401);
    }

    private static Task<IResult> Login(LoginBody body, HttpContext http, GrainCalls calls, TimeProvider time) => Answer(
        calls,
        time,
        new LoginCommand(null, body.Username!, body.Password!, http.SourceAddress(), http.UserAgent(), WithRefresh: true),
        tokens => new LoginAnswer(tokens.AccessToken, tokens.ExpiresIn, "bearer", tokens.RefreshToken!, "Login successful."));

    private static Task<IResult> GenerateToken(GenerateTokenBody body, HttpContext http, GrainCalls calls, TimeProvider time) => Answer(
        calls,
        time,
        new LoginCommand(body.UserId, body.Username!, body.Password!, http.SourceAddress(), http.UserAgent(), WithRefresh: false),
        tokens => new TokenAnswer(tokens.AccessToken, tokens.ExpiresIn, "bearer"));

    private static async Task<IResult> Refresh(RefreshBody body, HttpContext http, GrainCalls calls)
    {
        var command = new RefreshCommand(http.CommandId(), body.RefreshToken!, http.SourceAddress(), http.UserAgent());
        var result = await calls.Call(grains => grains.GetGrain<IRefreshGrain>(0).Refresh(command));
        return result.Tokens is { } tokens
            ? Results.Ok(new LoginAnswer(tokens.AccessToken, tokens.ExpiresIn, "bearer", tokens.RefreshToken!, "Token refreshed."))
            : result.Outcome == RefreshOutcome.Stale ? Problem.Unavailable("The account is changing: try again.", TimeSpan.FromSeconds(1))
            : new Challenged(Problem.Unauthorized("The refresh token is not valid, or not any more: log in again."));
    }

    private static async Task<IResult> Answer(GrainCalls calls, TimeProvider time, LoginCommand command, Func<IssuedTokens, object> answer)
    {
        var shortest = Task.Delay(_shortestRefusal, time);
        var result = await calls.Call(grains => grains.GetGrain<ILoginGrain>(0).Login(command));
        if (result.Outcome is not (LoginOutcome.LoggedIn or LoginOutcome.Busy))
            await shortest;
        return result.Outcome switch
        {
            LoginOutcome.LoggedIn => Results.Ok(answer(result.Tokens!)),
            LoginOutcome.Busy => Problem.Unavailable("The password cannot be checked now.", TimeSpan.FromSeconds(2)),
            LoginOutcome.HeldBack => Problem.TooManyRequests(
                "Too many attempts failed: further ones are held back for a while.",
                new(LoginGuardLimits.Policy, LoginGuardLimits.FailuresOfAPair, LoginGuardLimits.PairForgottenAfter, result.RetryAfter)),
            _ => new Challenged(Problem.Unauthorized("Username or password is wrong.")),
        };
    }

    /// <summary>A 401 names the scheme that it wants (RFC 9110 §15.5.2).</summary>
    private sealed class Challenged(IResult answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.WWWAuthenticate = "Bearer";
            return answer.ExecuteAsync(httpContext);
        }
    }
}

/// <param name="Username">Username or e-mail.</param>
internal sealed record LoginBody(string? Username, string? Password)
{
    /// <summary>Names the account without the password.</summary>
    public override string ToString() => $"LoginBody {{ {Username} }}";
}

internal sealed class LoginRules : AbstractValidator<LoginBody>
{
    public LoginRules()
    {
        RuleFor(body => body.Username).IsUsername();
        RuleFor(body => body.Password).IsPassword();
    }
}

internal sealed record GenerateTokenBody(long? UserId, string? Username, string? Password)
{
    /// <summary>Names the account without the password.</summary>
    public override string ToString() => $"GenerateTokenBody {{ {UserId}, {Username} }}";
}

internal sealed class GenerateTokenRules : AbstractValidator<GenerateTokenBody>
{
    public GenerateTokenRules()
    {
        RuleFor(body => body.UserId).NotNull().WithMessage("is required.").GreaterThanOrEqualTo(1).WithMessage("must be a whole number from 1.").OverridePropertyName("userId");
        RuleFor(body => body.Username).IsUsername();
        RuleFor(body => body.Password).IsPassword();
    }
}

/// <summary>The rules that bodies with credentials share.</summary>
internal static class CredentialRules
{
    /// <summary>A username or an e-mail address, which is the longer one.</summary>
    public static void IsUsername<TBody>(this IRuleBuilderInitial<TBody, string?> rule) => rule
        .NotEmpty().WithMessage("is required.").MaximumLength(RegistrationLimits.LongestEmail).WithMessage($"may have {RegistrationLimits.LongestEmail} characters at most.").OverridePropertyName("username");

    public static void IsPassword<TBody>(this IRuleBuilderInitial<TBody, string?> rule) => rule
        .NotEmpty().WithMessage("is required.").MaximumLength(RegistrationLimits.LongestPassword).WithMessage($"may have {RegistrationLimits.LongestPassword} characters at most.").OverridePropertyName("password");
}

internal sealed record RefreshBody(string? RefreshToken)
{
    public override string ToString() => nameof(RefreshBody);
}

internal sealed class RefreshRules : AbstractValidator<RefreshBody>
{
    public RefreshRules() =>
        RuleFor(body => body.RefreshToken).NotEmpty().WithMessage("is required.").MaximumLength(200).WithMessage("is too long.").OverridePropertyName("refreshToken");
}

/// <param name="ExpiresIn">Seconds until the access token expires.</param>
internal sealed record LoginAnswer(string AccessToken, int ExpiresIn, string TokenType, string RefreshToken, string Message)
{
    public override string ToString() => $"LoginAnswer {{ {ExpiresIn} s }}";
}

/// <param name="ExpiresIn">Seconds until the access token expires.</param>
internal sealed record TokenAnswer(string AccessToken, int ExpiresIn, string TokenType)
{
    public override string ToString() => $"TokenAnswer {{ {ExpiresIn} s }}";
}
