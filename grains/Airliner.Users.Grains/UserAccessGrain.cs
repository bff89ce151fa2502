using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Passwords;
using Orleans.Concurrency;

namespace Airliner.Users.Grains;

/// <summary>
/// Changes what a user may do, and by which password, and deletes users: what takes long happens here, outside the user's turn. Key: any. Store: none.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("user-access")]
internal sealed class UserAccessGrain(PasswordScreening screening, PasswordPool passwords) : Grain, IUserAccessGrain
{
    private const int MostTries = 3;

    public Task<UserChangeResult> SetRoles(long userId, SetUserRoles command) => ChangeAsync(userId, SessionEnds.RolesChanged, user => user.SetRoles(command));

    public Task<UserChangeResult> SetStatus(long userId, SetUserStatus command) => ChangeAsync(userId, SessionEnds.UserDisabled, user => user.SetStatus(command));

    public async Task<UserChangeResult> ChangePassword(long userId, ChangePassword command)
    {
        // The hash that the old password was checked against may be another by now: perhaps the old password is too, perhaps it was hashed anew.
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await GrainFactory.GetGrain<IUserGrain>(userId).GetCredential() is not { } credential)
                return new(UserChangeOutcome.NotFound);
            // By a repeat of a command that was carried out, the old password is no longer the old one.
            if (credential.LastCommandId != command.CommandId && await RefusalAsync(userId, command, credential) is { } refused)
                return refused;
            if (await passwords.HashAsync(command.NewPassword) is not { } hash)
                return new(UserChangeOutcome.Busy);

            var replaces = command.OldPassword is null ? null : credential.PasswordHash;
            var result = await ChangeAsync(userId, SessionEnds.PasswordChanged, user => user.SetPassword(new SetPasswordHash(command.CommandId, hash, replaces)));
            if (result.Outcome != UserChangeOutcome.Stale)
                return result;
        }

        return new(UserChangeOutcome.Busy);
    }

    public Task<UserChangeResult> Delete(long userId, DeleteUser command) => ChangeAsync(userId, SessionEnds.UserDeleted, user => user.Delete(command));

    private async Task<UserChangeResult?> RefusalAsync(long userId, ChangePassword command, UserCredential credential)
    {
        if (await screening.RefusalAsync(command.NewPassword, credential.Username, credential.Email) is { } refusal)
            return new(UserChangeOutcome.PasswordRefused, Refusal: refusal);
        if (command.OldPassword is not { } old)
            return null;
        var check = await GrainFactory.GetGrain<ICredentialsGrain>(0).Validate(new CredentialQuery(userId, null, old, command.SourceAddress));
        return check.Outcome switch
        {
            CredentialOutcome.Valid => null,
            CredentialOutcome.Busy => new(UserChangeOutcome.Busy),
            CredentialOutcome.HeldBack => new(UserChangeOutcome.HeldBack, RetryAfter: check.RetryAfter),
            _ => new(UserChangeOutcome.WrongPassword),
        };
    }

    /// <summary>
    /// Makes a change after which what was opened before must not be honoured: sessions end once it is committed, also by a repeat of the command, and before it
    /// is answered. The change is the epoch, so that a login which was checked before it opens none afterwards. Roles that are only added, and an account that is
    /// enabled, take nothing away: sessions go on, and get the roles when they are refreshed.
    /// </summary>
    /// <param name="reason">One of <see cref="SessionEnds"/>.</param>
    private async Task<UserChangeResult> ChangeAsync(long userId, string reason, Func<IUserGrain, Task<UserChangeResult>> change)
    {
        var result = await change(GrainFactory.GetGrain<IUserGrain>(userId));
        if (result is { Outcome: UserChangeOutcome.Changed, KeepsSessions: false })
            await GrainFactory.GetGrain<IUserSessionsGrain>(userId).EndAll(reason, result.User!.UpdatedAt);
        return result;
    }
}
