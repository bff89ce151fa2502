using Airliner.Contracts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Codes;

namespace Airliner.Users.Grains;

/// <summary>One-time codes of a user. Every use is a turn of its own, so wrong ones are counted exactly and a right one works once.</summary>
internal sealed partial class UserGrain
{
    public async Task<CodeOutcome> VerifyEmail(UseCode command)
    {
        if (user.RecordExists && user.State.LastCommandId == command.CommandId)
            return CodeOutcome.Accepted;
        if (!await IsRightAsync(CodePurpose.EmailVerification, command.Code))
            return CodeOutcome.Refused;
        var result = await ChangeAsync(command.CommandId, state => state.WithEmailVerified(UserId, command.CommandId, time.Now()));
        return result.Outcome == UserChangeOutcome.EmailTaken ? CodeOutcome.EmailTaken : CodeOutcome.Accepted;
    }

    public async Task RequestPasswordReset()
    {
        if (!IsThere)
            return;
        var next = user.State.ResetRequested(UserId, OneTimeCodes.NewId(), time.Now());
        if (!ReferenceEquals(next, user.State))
            await user.CommitAsync(next);
    }

    public async Task<UserCredential?> CheckResetCode(UseCode command) =>
        user.RecordExists && user.State.LastCommandId == command.CommandId || await IsRightAsync(CodePurpose.PasswordReset, command.Code) ? Credential() : null;

    public async Task<UserChangeResult> ResetPassword(ResetPasswordHash command)
    {
        var id = command.Use.CommandId;
        // Another use of the same code, or another code, may have come in between.
        if (user.RecordExists && user.State.LastCommandId != id && !await IsRightAsync(CodePurpose.PasswordReset, command.Use.Code))
            return new(UserChangeOutcome.CodeRefused);
        return await ChangeAsync(id, state => state.WithPasswordReset(UserId, new SetPasswordHash(id, command.PasswordHash, null), time.Now()));
    }

    public Task<CodeMail?> GetCode(CodePurpose purpose, string codeId)
    {
        var slot = user.State.Codes.Of(purpose);
        return Task.FromResult(user.RecordExists && slot.IsGood(time.Now()) && slot.Code!.CodeId == codeId
            ? new CodeMail(codes.Of(purpose, UserId, codeId), user.State.AddressOf(purpose), slot.Code.ExpiresAt)
            : null);
    }

    public Task<string?> GetFormerEmail(DateTimeOffset replacedAt) =>
        Task.FromResult(user.State.FormerEmails.FirstOrDefault(former => former.ReplacedAt == replacedAt)?.Address);

    /// <summary>Whether the code is the newest one's, which leaves it good. One that is not is counted, unless there is no code to try.</summary>
    private async Task<bool> IsRightAsync(CodePurpose purpose, string code)
    {
        if (!user.RecordExists || !user.State.Codes.Of(purpose).IsGood(time.Now()))
            return false;
        if (codes.Matches(code, purpose, UserId, user.State.Codes.Of(purpose).Code!.CodeId))
            return true;
        await user.CommitAsync(user.State.CodeMissed(purpose));
        return false;
    }

    /// <summary>Why the change's e-mail address is not taken, or not asked for; null where nothing is in the way.</summary>
    private UserChangeResult? EmailRefusal(UserState state, UpdateUser command)
    {
        var isNew = command.Email is not null && command.Email != state.Email;
        var isOwn = command.Caller.Is(UserId);
        if (isNew && isOwn && command.CheckedHash != state.PasswordHash)
            return new(command.CheckedHash is null ? UserChangeOutcome.EmailRefused : UserChangeOutcome.PasswordMoved);

        var mails = isNew ? isOwn : command.IsOfEmailAlone && !state.EmailVerified;
        var wait = mails ? state.Codes.Verification.MailsAgainAfter(CodeLimits.VerificationMailsAnHour, time.Now()) : TimeSpan.Zero;
        return wait > TimeSpan.Zero ? new(UserChangeOutcome.TooManyMails, RetryAfter: wait) : null;
    }
}
