using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Orleans.Concurrency;

namespace Airliner.Auth.Grains;

/// <summary>Logs users in: the user silo checks the password, the user's sessions grain opens the session. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("login")]
internal sealed class LoginGrain(IGrainFactory grains) : Grain, ILoginGrain
{
    /// <summary>More changes of one account within the time of a login are no coincidence.</summary>
    private const int MostChecks = 3;

    private static readonly LoginResult _busy = new(LoginOutcome.Busy);

    public async Task<LoginResult> Login(LoginCommand command)
    {
        var result = await TryAsync(command);
        AuthInstruments.LoginEnded(result.Outcome);
        return result;
    }

    private async Task<LoginResult> TryAsync(LoginCommand command)
    {
        var query = new CredentialQuery(command.UserId, command.Username, command.Password, command.SourceAddress);
        for (var checks = 0; checks < MostChecks; checks++)
        {
            var check = await grains.GetGrain<ICredentialsGrain>(0).Validate(query);
            switch (check.Outcome)
            {
                case CredentialOutcome.Invalid:
                    return new(LoginOutcome.InvalidCredentials);
                case CredentialOutcome.Busy:
                    return _busy;
                case CredentialOutcome.HeldBack:
                    return new(LoginOutcome.HeldBack, RetryAfter: check.RetryAfter);
            }

            var opening = new OpenSession(check.Username, check.Roles ?? [], command.SourceAddress, command.UserAgent, command.WithRefresh, check.UserAsOf);
            if (await grains.GetGrain<IUserSessionsGrain>(check.UserId).Open(opening) is { } tokens)
                return new(LoginOutcome.LoggedIn, tokens);
        }

        return _busy;
    }
}
