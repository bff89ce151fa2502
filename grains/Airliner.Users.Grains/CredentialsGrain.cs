using System.Globalization;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Passwords;
using Orleans.Concurrency;

namespace Airliner.Users.Grains;

/// <summary>Checks credentials, for every way in that takes a password. Key: any. Store: none.</summary>
[Reentrant]
[StatelessWorker]
[GrainType("credentials")]
internal sealed class CredentialsGrain(IUserIndex index, PasswordPool passwords) : Grain, ICredentialsGrain
{
    /// <summary>Ids start far above: asking for the credential of nobody takes as long as for somebody's.</summary>
    private const long Nobody = 0;

    private static readonly CredentialCheck _invalid = new(CredentialOutcome.Invalid);

    private GuardNames? _names;

    public async Task<CredentialCheck> Validate(CredentialQuery query)
    {
        var named = query.Username is { } name ? await index.FindAsync(name) : query.UserId;
        var account = await GrainFactory.GetGrain<IUserGrain>(named ?? Nobody).GetCredential();

        // The name alone decides whose guard it is. With an id beside it that is another's, an attempt at this account failed: were it another guard's, it
        // would tell which id the name has.
        _names ??= new(await GrainFactory.GetGrain<IGuardKeyGrain>(0).Get());
        var key = account is null ? _names.GuardOf(query.Username ?? string.Create(CultureInfo.InvariantCulture, $"#{query.UserId}")) : LoginGuardKeys.OfUser(named!.Value);
        var source = _names.SourceOf(key, query.SourceAddress);
        var guard = GrainFactory.GetGrain<ILoginGuardGrain>(key);
        var reservation = await guard.Reserve(source);
        if (reservation.AttemptId is not { } attempt)
            return new(CredentialOutcome.HeldBack, RetryAfter: reservation.RetryAfter);

        var check = new CredentialCheck(CredentialOutcome.Busy);
        try
        {
            check = await CheckAsync(query, named ?? Nobody, (query.UserId ?? named) == named ? account : null);
        }
        finally
        {
            await guard.Settle(new SettleAttempt(attempt, source, check.Outcome switch
            {
                CredentialOutcome.Valid => AttemptEnd.Succeeded,
                CredentialOutcome.Invalid => AttemptEnd.Failed,
                _ => AttemptEnd.Abandoned,
            }));
        }

        return check;
    }

    private async Task<CredentialCheck> CheckAsync(CredentialQuery query, long userId, UserCredential? credential)
    {
        // An unknown account costs the same hash, so that the time tells nothing.
        if (await passwords.VerifyAsync(query.Password, credential?.PasswordHash) is not { } matches)
            return new(CredentialOutcome.Busy);
        if (!matches || credential is not { Status: UserStatus.Active })
            return _invalid;

        if (PasswordHash.IsOutdated(credential.PasswordHash))
            await RehashAsync(userId, query.Password, credential.PasswordHash);
        return new(CredentialOutcome.Valid, userId, credential.Username, credential.Roles, UserAsOf: credential.UpdatedAt);
    }

    /// <summary>Brings a hash up to the parameters of today, now that the password is known. Where the pool is full, the next login does.</summary>
    private async Task RehashAsync(long userId, string password, string outdated)
    {
        if (await passwords.HashAsync(password) is { } hash)
            await GrainFactory.GetGrain<IUserGrain>(userId).Rehash(new RehashPassword(hash, outdated));
    }
}
