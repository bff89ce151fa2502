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
    private static readonly CredentialCheck _invalid = new(CredentialOutcome.Invalid);

    public async Task<CredentialCheck> Validate(CredentialQuery query)
    {
        var (userId, credential) = await FindAsync(query);

        // An unknown account costs the same hash, so that the time tells nothing.
        if (await passwords.VerifyAsync(query.Password, credential?.PasswordHash) is not { } matches)
            return new(CredentialOutcome.Busy);
        if (!matches || credential is not { Status: UserStatus.Active })
            return _invalid;

        if (PasswordHash.IsOutdated(credential.PasswordHash))
            await RehashAsync(userId, query.Password, credential.PasswordHash);
        return new(CredentialOutcome.Valid, userId, credential.Username, credential.Roles);
    }

    /// <summary>Brings a hash up to the parameters of today, now that the password is known. Where the pool is full, the next login does.</summary>
    private async Task RehashAsync(long userId, string password, string outdated)
    {
        if (await passwords.HashAsync(password) is { } hash)
            await GrainFactory.GetGrain<IUserGrain>(userId).Rehash(new RehashPassword(hash, outdated));
    }

    private async Task<(long UserId, UserCredential? Credential)> FindAsync(CredentialQuery query)
    {
        var named = query.Username is { } name ? await index.FindAsync(name) : query.UserId;
        return named is { } userId && (query.UserId ?? userId) == userId
            ? (userId, await GrainFactory.GetGrain<IUserGrain>(userId).GetCredential())
            : (0, null);
    }
}
