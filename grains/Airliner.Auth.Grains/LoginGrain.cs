using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>Logs users in: the user silo checks the password, the user's sessions grain opens the session. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("login")]
internal sealed class LoginGrain : Grain, ILoginGrain
{
    public async Task<LoginResult> Login(LoginCommand command)
    {
        var check = await GrainFactory.GetGrain<ICredentialsGrain>(0).Validate(
            new CredentialQuery(command.UserId, command.Username, command.Password, command.SourceAddress));
        switch (check.Outcome)
        {
            case CredentialOutcome.Invalid:
                return new(LoginOutcome.InvalidCredentials);
            case CredentialOutcome.Busy:
                return new(LoginOutcome.Busy);
            case CredentialOutcome.HeldBack:
                return new(LoginOutcome.HeldBack, RetryAfter: check.RetryAfter);
        }

        var tokens = await GrainFactory.GetGrain<IUserSessionsGrain>(check.UserId).Open(
            new OpenSession(check.Username, check.Roles ?? [], command.SourceAddress, command.UserAgent, command.WithRefresh));
        return new(LoginOutcome.LoggedIn, tokens);
    }
}
