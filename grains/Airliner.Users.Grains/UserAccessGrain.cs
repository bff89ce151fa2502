using Airliner.Contracts.Auth;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Passwords;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Airliner.Users.Grains;

/// <summary>
/// Changes what a user may do, by which password and at which address, and deletes users: what takes long happens here, outside the user's turn. Key: any.
/// Store: none.
/// </summary>
[Reentrant]
[StatelessWorker]
[GrainType("user-access")]
internal sealed partial class UserAccessGrain(
    IUserIndex index, PasswordScreening screening, PasswordPool passwords, ILogger<UserAccessGrain> log) : Grain, IUserAccessGrain
{
    private const int MostTries = 3;

    /// <summary>Ids start far above: asking for nobody takes as long as for somebody.</summary>
    private const long Nobody = 0;

    public Task<UserChangeResult> SetRoles(long userId, SetUserRoles command) => ChangeAsync(userId, SessionEnds.RolesChanged, user => user.SetRoles(command));

    public async Task<UserChangeResult> SetStatus(long userId, SetUserStatus command)
    {
        var result = await ChangeAsync(userId, SessionEnds.UserDisabled, user => user.SetStatus(command));
        // Who was disabled by a command whose end of sessions failed is disabled when it is given again, under another id.
        if (result is { Outcome: UserChangeOutcome.Unchanged, User.Status: UserStatus.Disabled })
            await EndSessionsAsync(userId, SessionEnds.UserDisabled, result.User);
        return result;
    }

    public async Task<UserChangeResult> ChangePassword(long userId, ChangePassword command)
    {
        var since = passwords.Now;
        // The hash that the old password was checked against may be another by now: perhaps the old password is too, perhaps it was hashed anew.
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await GrainFactory.GetGrain<IUserGrain>(userId).GetCredential() is not { } credential)
                return new(UserChangeOutcome.NotFound);
            // By a repeat of a command that was carried out, the old password is no longer the old one.
            if (credential.LastCommandId != command.CommandId && await RefusalAsync(userId, command, credential) is { } refused)
                return refused;
            if (await passwords.HashAsync(command.NewPassword, since) is not { } hash)
                return new(UserChangeOutcome.Busy);

            var replaces = command.OldPassword is null ? null : credential.PasswordHash;
            var result = await ChangeAsync(userId, SessionEnds.PasswordChanged, user => user.SetPassword(new SetPasswordHash(command.CommandId, hash, replaces)));
            if (result.Outcome != UserChangeOutcome.Stale)
                return result;
        }

        return new(UserChangeOutcome.Busy);
    }

    public Task<UserChangeResult> Delete(long userId, DeleteUser command) => ChangeAsync(userId, SessionEnds.UserDeleted, user => user.Delete(command));

    public async Task<UserChangeResult> ChangeEmail(long userId, ChangeEmail command)
    {
        var user = GrainFactory.GetGrain<IUserGrain>(userId);
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await user.GetCredential() is not { } credential)
                return new(UserChangeOutcome.NotFound);
            var needsPassword = command.Update.Caller.Is(userId) && command.Update.Email != credential.Email && credential.LastCommandId != command.Update.CommandId;
            if (needsPassword && await EmailRefusalAsync(userId, command) is { } refused)
                return refused;

            var result = await user.Update(needsPassword ? command.Update with { CheckedHash = credential.PasswordHash } : command.Update);
            if (result.Outcome != UserChangeOutcome.PasswordMoved)
                return result;
        }

        return new(UserChangeOutcome.Busy);
    }

    public async Task RequestPasswordReset(string email)
    {
        try
        {
            if (await index.FindAsync(email) is { } userId)
                await GrainFactory.GetGrain<IUserGrain>(userId).RequestPasswordReset();
        }
        catch (Exception error)
        {
            // Nobody waits for an answer. Who got no mail asks again.
            LogNotRequested(error.GetType().Name);
        }
    }

    public async Task<UserChangeResult> ResetPassword(ResetPassword command)
    {
        var since = passwords.Now;
        var userId = await index.FindAsync(command.Email) ?? Nobody;
        var use = new UseCode(command.CommandId, command.Code);
        if (await GrainFactory.GetGrain<IUserGrain>(userId).CheckResetCode(use) is not { } credential)
            return new(UserChangeOutcome.CodeRefused);
        if (await screening.RefusalAsync(command.NewPassword, credential.Username, credential.Email) is { } refusal)
            return new(UserChangeOutcome.PasswordRefused, Refusal: refusal);
        if (await passwords.HashAsync(command.NewPassword, since) is not { } hash)
            return new(UserChangeOutcome.Busy);
        return await ChangeAsync(userId, SessionEnds.PasswordChanged, user => user.ResetPassword(new ResetPasswordHash(use, hash)));
    }

    private async Task<UserChangeResult?> RefusalAsync(long userId, ChangePassword command, UserCredential credential) =>
        await screening.RefusalAsync(command.NewPassword, credential.Username, credential.Email) is { } refusal
            ? new(UserChangeOutcome.PasswordRefused, Refusal: refusal)
            : command.OldPassword is { } old ? await PasswordRefusalAsync(userId, old, command.SourceAddress) : null;

    private async Task<UserChangeResult?> EmailRefusalAsync(long userId, ChangeEmail command)
    {
        if (string.IsNullOrEmpty(command.Password))
            return new(UserChangeOutcome.EmailRefused);
        if (await PasswordRefusalAsync(userId, command.Password, command.SourceAddress) is { } refused)
            return refused;
        // The unique index decides when the address is taken over; asking first spares the mail to somebody else's.
        return await index.FindAsync(command.Update.Email!) is { } holder && holder != userId ? new(UserChangeOutcome.EmailTaken) : null;
    }

    private async Task<UserChangeResult?> PasswordRefusalAsync(long userId, string password, string sourceAddress)
    {
        var check = await GrainFactory.GetGrain<ICredentialsGrain>(0).Validate(new CredentialQuery(userId, null, password, sourceAddress));
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
            await EndSessionsAsync(userId, reason, result.User!);
        return result;
    }

    private Task EndSessionsAsync(long userId, string reason, UserView user) => GrainFactory.GetGrain<IUserSessionsGrain>(userId).EndAll(reason, user.UpdatedAt);

    [LoggerMessage(LogLevel.Warning, "A forgotten password could not be seen to: {Error}")]
    private partial void LogNotRequested(string error);
}
