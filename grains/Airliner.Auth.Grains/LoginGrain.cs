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
        if (check.Outcome != CredentialOutcome.Valid)
            return new(check.Outcome == CredentialOutcome.Busy ? LoginOutcome.Busy : LoginOutcome.InvalidCredentials);

        var tokens = await GrainFactory.GetGrain<IUserSessionsGrain>(check.UserId).Open(
            new OpenSession(check.Username, check.Roles ?? [], command.SourceAddress, command.UserAgent, command.WithRefresh));
        return new(LoginOutcome.LoggedIn, tokens);
    }
}
