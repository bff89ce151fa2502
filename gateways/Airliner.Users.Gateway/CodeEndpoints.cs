using Airliner.Contracts.Users;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Idempotency;
using Airliner.ServiceDefaults.OpenApi;
using Airliner.ServiceDefaults.Problems;
using Airliner.ServiceDefaults.Requests;

namespace Airliner.Users.Gateway;

/// <summary>One-time codes over REST: an address is verified, a forgotten password set anew. Nothing here tells whether an account exists.</summary>
internal static class CodeEndpoints
{
    /// <summary>
    /// The shortest time that a refusal takes. Only a wrong code of an existing account is written to the database; without this, the time would show that.
    /// </summary>
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(300);

    public static void MapCodes(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/users/{id:long}/verifyEmail", VerifyEmail).TakesSecrets().Validated<VerifyEmailBody, VerifyEmailRules>().LimitedBy<ICodeTryLimitGrain>("codes")
            .AllowAnonymous().Produces(204).Refuses(409);
        routes.MapPost("/forgotPassword", ForgotPassword).Validated<ForgotPasswordBody, ForgotPasswordRules>()
            .LimitedBy<IForgottenPasswordLimitGrain>("forgotten-passwords").AllowAnonymous().Produces(204);
        routes.MapPost("/resetPassword", ResetPassword).TakesSecrets().Validated<ResetPasswordBody, ResetPasswordRules>().LimitedBy<ICodeTryLimitGrain>("codes")
            .AllowAnonymous().Produces(204);
    }

    private static async Task<IResult> VerifyEmail(long id, VerifyEmailBody body, HttpContext http, GrainCalls calls, TimeProvider time)
    {
        var command = new UseCode(http.CommandId(), body.Code!);
        var shortest = Task.Delay(_shortest, time);
        var outcome = await calls.Call(grains => grains.GetGrain<IUserGrain>(id).VerifyEmail(command));
        if (outcome is not (CodeOutcome.Accepted or CodeOutcome.EmailTaken))
            await shortest;
        return outcome switch
        {
            CodeOutcome.Accepted => Results.NoContent(),
            CodeOutcome.EmailTaken => UserEndpoints.EmailTaken,
            _ => CodeRefused,
        };
    }

    private static async Task<IResult> ForgotPassword(ForgotPasswordBody body, GrainCalls calls)
    {
        await calls.Call(grains => grains.GetGrain<IUserAccessGrain>(0).RequestPasswordReset(body.Email!));
        return Results.NoContent();
    }

    private static async Task<IResult> ResetPassword(ResetPasswordBody body, HttpContext http, GrainCalls calls, TimeProvider time)
    {
        var command = new ResetPassword(http.CommandId(), body.Email!, body.Code!, body.NewPassword!);
        var shortest = Task.Delay(_shortest, time);
        var result = await calls.Call(grains => grains.GetGrain<IUserAccessGrain>(0).ResetPassword(command));
        await shortest;
        return result.Outcome switch
        {
            UserChangeOutcome.Changed => Results.NoContent(),
            UserChangeOutcome.PasswordRefused => Problem.Invalid("newPassword", result.Refusal!.Value.Message()),
            UserChangeOutcome.Busy => UserChangeEndpoints.Busy,
            _ => CodeRefused,
        };
    }

    private static IResult CodeRefused => Problem.Invalid("code", "is wrong, was used or replaced, or has expired.");
}
