using System.Collections.Immutable;
using Airliner.Contracts.Records;
using Airliner.Contracts.Users;
using Airliner.Users.Grains.Codes;

namespace Airliner.Users.Grains;

/// <summary>What one-time codes do to a user.</summary>
internal sealed partial record UserState
{
    /// <summary>The address that the user asked for and that is not verified yet; null where there is none.</summary>
    public string? PendingEmail { get; init; }

    /// <summary>Addresses that the user had until lately.</summary>
    public ImmutableArray<FormerEmail> FormerEmails { get; init; } = [];

    public UserCodes Codes { get; init; } = new();

    /// <summary>Where a code goes, and what it proves.</summary>
    public string AddressOf(CodePurpose purpose) => purpose == CodePurpose.EmailVerification ? PendingEmail ?? Email : Email;

    /// <summary>With a code on its way to the address that is to be verified.</summary>
    public UserState VerificationRequested(long userId, string codeId, DateTimeOffset now)
    {
        var next = Issued(CodePurpose.EmailVerification, codeId, CodeLimits.VerificationLifetime, now);
        return next.Raise(new UserEmailVerificationRequested(userId, codeId, next.Codes.Verification.Code!.ExpiresAt) { Timestamp = now });
    }

    /// <summary>With a code on its way by which the password can be set anew; the same state where none may go out.</summary>
    public UserState ResetRequested(long userId, string codeId, DateTimeOffset now)
    {
        if (Status != UserStatus.Active || Codes.Reset.MailsAgainAfter(CodeLimits.ResetMailsAnHour, now) > TimeSpan.Zero)
            return this;
        var next = Issued(CodePurpose.PasswordReset, codeId, CodeLimits.ResetLifetime, now);
        return next.Raise(new UserPasswordResetRequested(userId, codeId, next.Codes.Reset.Code!.ExpiresAt) { Timestamp = now });
    }

    /// <summary>After a wrong code.</summary>
    public UserState CodeMissed(CodePurpose purpose) => this with { Codes = Codes.With(purpose, Codes.Of(purpose).Missed()) };

    /// <summary>After the right code: the address that it went to is the user's, and verified.</summary>
    public UserState WithEmailVerified(long userId, string commandId, DateTimeOffset now) => Updated(userId, commandId, now, this with
    {
        Email = AddressOf(CodePurpose.EmailVerification),
        EmailVerified = true,
        PendingEmail = null,
        Codes = Codes with { Verification = Codes.Verification.Spent() },
    });

    /// <summary>After the right code: with a new password. Who read the code in the mailbox has shown that the address is theirs, too.</summary>
    public UserState WithPasswordReset(long userId, SetPasswordHash command, DateTimeOffset now)
    {
        var verified = this with { EmailVerified = true, Codes = Codes with { Verification = Codes.Verification.Spent() } };
        return Updated(userId, command.CommandId, now, verified).WithPassword(userId, command, now);
    }

    /// <summary>With the address of the command as it is to be confirmed: a user's own new one, one that an administrator has set, or the one that there is.</summary>
    private UserState WithEmailAsked(long userId, UpdateUser command, string codeId, DateTimeOffset now)
    {
        if (command.Email == Email && EmailVerified)
            return PendingEmail is null ? this : WithoutPendingEmail() with { LastCommandId = command.CommandId };
        var asked = this with { PendingEmail = command.Email == Email ? null : command.Email, LastCommandId = command.CommandId };
        return asked.VerificationRequested(userId, codeId, now);
    }

    /// <summary>
    /// Codes that were mailed to another address, or that whoever knew another password asked for, must not open the account any more.
    /// </summary>
    private UserState WithoutPendingEmail() => PendingEmail is null
        ? this with { Codes = Codes with { Reset = Codes.Reset.Spent() } }
        : this with { PendingEmail = null, Codes = Codes with { Verification = Codes.Verification.Spent(), Reset = Codes.Reset.Spent() } };

    /// <summary>With the address that the user had until this change.</summary>
    private UserState After(string email)
    {
        var kept = FormerEmails.Where(former => former.ReplacedAt > UpdatedAt - FormerEmail.KeptFor).Append(new(email, UpdatedAt));
        return this with { FormerEmails = [.. kept.TakeLast(FormerEmail.MostKept)] };
    }

    private UserState Issued(CodePurpose purpose, string codeId, TimeSpan lifetime, DateTimeOffset now) =>
        this with { Codes = Codes.With(purpose, Codes.Of(purpose).Issued(codeId, lifetime, now)) };
}
