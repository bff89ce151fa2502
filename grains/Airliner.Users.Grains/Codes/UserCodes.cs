using System.Collections.Immutable;
using Airliner.Contracts.Users;

namespace Airliner.Users.Grains.Codes;

/// <summary>What is kept of a user's one-time codes, as JSON. Pure.</summary>
internal sealed record UserCodes
{
    public CodeSlot Verification { get; init; } = new();

    public CodeSlot Reset { get; init; } = new();

    public CodeSlot Of(CodePurpose purpose) => purpose == CodePurpose.EmailVerification ? Verification : Reset;

    public UserCodes With(CodePurpose purpose, CodeSlot slot) =>
        purpose == CodePurpose.EmailVerification ? this with { Verification = slot } : this with { Reset = slot };
}

/// <summary>The one code of a purpose, and when mails went out for it.</summary>
internal sealed record CodeSlot
{
    /// <summary>More than any limit needs, for an administrator has none.</summary>
    private const int MostMailsKept = 10;

    /// <summary>The newest code; null where there is none, or it did its work.</summary>
    public IssuedCode? Code { get; init; }

    /// <summary>The mails of the last hour, as far as the limit needs them.</summary>
    public ImmutableArray<DateTimeOffset> MailedAt { get; init; } = [];

    /// <summary>Whether the code can still be given back; not whether what was given back is right.</summary>
    public bool IsGood(DateTimeOffset now) => Code is { TriesLeft: > 0 } code && now < code.ExpiresAt;

    /// <summary>How long until another mail may be asked for; zero where it may.</summary>
    public TimeSpan MailsAgainAfter(int mailsAnHour, DateTimeOffset now)
    {
        var within = Within(now);
        return within.Length < mailsAnHour ? TimeSpan.Zero : within[^mailsAnHour] + CodeLimits.MailWindow - now;
    }

    /// <summary>With a new code, which takes the place of the one before.</summary>
    public CodeSlot Issued(string codeId, TimeSpan lifetime, DateTimeOffset now) => new()
    {
        Code = new(codeId, now + lifetime, CodeLimits.Tries),
        MailedAt = [.. Within(now).Append(now).TakeLast(MostMailsKept)],
    };

    /// <summary>A wrong one was given back.</summary>
    public CodeSlot Missed() => this with { Code = Code! with { TriesLeft = Code.TriesLeft - 1 } };

    /// <summary>Without its code: it did its work, or nobody must use it any more.</summary>
    public CodeSlot Spent() => this with { Code = null };

    private ImmutableArray<DateTimeOffset> Within(DateTimeOffset now) => [.. MailedAt.Where(at => at > now - CodeLimits.MailWindow)];
}

/// <summary>A code as stored: without the code.</summary>
internal sealed record IssuedCode(string CodeId, DateTimeOffset ExpiresAt, int TriesLeft);

/// <summary>An address that a user had, kept as long as its owner is still to be told of the change.</summary>
/// <param name="ReplacedAt">The change's time, which no other change of the user has.</param>
internal sealed record FormerEmail(string Address, DateTimeOffset ReplacedAt)
{
    /// <summary>More than a user can change in three hours, so that nobody's address is pushed out before its mail is made.</summary>
    public const int MostKept = 20;

    /// <summary>Mails are given up three days after they were first tried, which Kafka or a silo that was away may put off.</summary>
    public static TimeSpan KeptFor { get; } = TimeSpan.FromDays(7);
}
