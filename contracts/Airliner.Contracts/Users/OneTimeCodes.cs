namespace Airliner.Contracts.Users;

/// <summary>What a one-time code proves that its holder may do. Of each purpose a user has one code at most: the newest.</summary>
public enum CodePurpose
{
    /// <summary>That an address is the user's.</summary>
    EmailVerification,

    /// <summary>That whoever forgot the password reads the user's mail.</summary>
    PasswordReset,
}

/// <summary>How long codes are good, and how many there are.</summary>
public static class CodeLimits
{
    /// <summary>Tries that a code allows: the last wrong one spends it.</summary>
    public const int Tries = 5;

    /// <summary>Mails with a code to reset the password, for an account within an hour; what is asked for beyond them is passed over.</summary>
    public const int ResetMailsAnHour = 3;

    /// <summary>Mails to verify an address that a user may ask for within an hour: else an account would be a way to flood somebody's mailbox.</summary>
    public const int VerificationMailsAnHour = 5;

    /// <summary>The name of <see cref="VerificationMailsAnHour"/> in <c>RateLimit</c> headers.</summary>
    public const string VerificationMailsPolicy = "verification-mails";

    public static TimeSpan MailWindow { get; } = TimeSpan.FromHours(1);

    public static TimeSpan ResetLifetime { get; } = TimeSpan.FromMinutes(30);

    public static TimeSpan VerificationLifetime { get; } = TimeSpan.FromHours(24);
}

/// <summary>What the mail of a code needs, made when the mail is: the code is kept nowhere.</summary>
/// <param name="Code">26 characters of Crockford's base32, with dashes between.</param>
/// <param name="Address">Where it goes: for a new address, that one.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.CodeMail")]
public sealed record CodeMail([property: Id(0)] string Code, [property: Id(1)] string Address, [property: Id(2)] DateTimeOffset ExpiresAt)
{
    /// <summary>Shows no code.</summary>
    public override string ToString() => $"CodeMail {{ {ExpiresAt:O} }}";
}

/// <summary>A code that somebody gives back.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same use.</param>
/// <param name="Code">As it was typed: case, spaces and dashes do not matter.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.UseCode")]
public sealed record UseCode([property: Id(0)] string CommandId, [property: Id(1)] string Code)
{
    /// <summary>Names the command without the code.</summary>
    public override string ToString() => $"UseCode {{ {CommandId} }}";
}

/// <summary>How a use of a code ended.</summary>
public enum CodeOutcome
{
    Accepted,

    /// <summary>It is wrong, spent, replaced or expired, or there is no such user: callers are told no more.</summary>
    Refused,

    /// <summary>The address that it verifies has become another account's meanwhile.</summary>
    EmailTaken,
}

/// <summary>A password for whoever forgot the one before.</summary>
/// <param name="CommandId">Names the command: a repeat with the same id is the same change.</param>
/// <param name="Email">The account's address.</param>
/// <param name="Code">The code that was mailed there.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ResetPassword")]
public sealed record ResetPassword(
    [property: Id(0)] string CommandId, [property: Id(1)] string Email, [property: Id(2)] string Code, [property: Id(3)] string NewPassword)
{
    /// <summary>Names the command without what is secret.</summary>
    public override string ToString() => $"ResetPassword {{ {CommandId} }}";
}

/// <summary>A reset whose password was judged and hashed.</summary>
/// <param name="PasswordHash">argon2id as a PHC string.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.ResetPasswordHash")]
public sealed record ResetPasswordHash([property: Id(0)] UseCode Use, [property: Id(1)] string PasswordHash)
{
    /// <summary>Names the command without what is secret.</summary>
    public override string ToString() => $"ResetPasswordHash {{ {Use.CommandId} }}";
}
