using System.Globalization;
using Orleans.Concurrency;

namespace Airliner.Contracts.Auth;

/// <summary>
/// Counts the failed attempts at one account's password, by the address that they came from, and holds back more of them. Every path that takes a password
/// reserves its attempt, hashes, and settles it. It awaits no other grain. Key: see <see cref="LoginGuardKeys"/>.
/// </summary>
[Alias("airliner.ILoginGuardGrain")]
public interface ILoginGuardGrain : IGrainWithStringKey
{
    /// <summary>
    /// Asks for one attempt, before the password is hashed. Where it depends on attempts that are under way, the answer waits for them, a few seconds at most:
    /// so parallel wrong passwords are counted exactly, and parallel right ones are not refused.
    /// </summary>
    /// <param name="source">The address's name: see <see cref="SettleAttempt.Source"/>.</param>
    [AlwaysInterleave]
    [Alias("Reserve")]
    Task<AttemptReservation> Reserve(string source);

    /// <summary>Says how a reserved attempt ended. When this has returned it is counted durably: only then may anybody be told.</summary>
    [Alias("Settle")]
    Task Settle(SettleAttempt command);

    /// <summary>Forgets where attempts came from: the account is gone. It can be repeated.</summary>
    [Alias("Erase")]
    Task Erase();
}

/// <param name="AttemptId">The attempt that was admitted; null where it is held back.</param>
/// <param name="RetryAfter">How long it is held back.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.AttemptReservation")]
public sealed record AttemptReservation([property: Id(0)] Guid? AttemptId, [property: Id(1)] TimeSpan RetryAfter = default);

/// <param name="Source">The keyed hash of the address (IPv6: of its /64), different for every account: the guard learns no address.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.SettleAttempt")]
public sealed record SettleAttempt([property: Id(0)] Guid AttemptId, [property: Id(1)] string Source, [property: Id(2)] AttemptEnd End);

/// <summary>How an attempt ended.</summary>
public enum AttemptEnd
{
    /// <summary>It was not looked at, for example because the hashers were full: it does not count.</summary>
    Abandoned,

    /// <summary>Wrong password, no such account, or an account that is disabled.</summary>
    Failed,

    Succeeded,
}

/// <summary>The keys of guards.</summary>
public static class LoginGuardKeys
{
    /// <summary>The guard of an account.</summary>
    public static string OfUser(long userId) => string.Create(CultureInfo.InvariantCulture, $"u{userId}");

    /// <summary>The guard of a name that nobody has.</summary>
    /// <param name="hash">Its keyed hash: what people type as a name is sometimes a password.</param>
    public static string OfName(string hash) => $"n{hash}";

    /// <summary>The account of a guard's key, null for a name that nobody has.</summary>
    public static long? UserId(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key[0] == 'u' ? long.Parse(key.AsSpan(1), CultureInfo.InvariantCulture) : null;
    }
}

/// <summary>When the guard holds back.</summary>
public static class LoginGuardLimits
{
    /// <summary>The policy's name in <c>RateLimit</c> headers.</summary>
    public const string Policy = "failed-logins";

    /// <summary>Failures of an account and an address from which on that pair is held back.</summary>
    public const int FailuresOfAPair = 5;

    /// <summary>Failures of an account from addresses that never succeeded, from which on all such addresses are held back.</summary>
    public const int FailuresOfStrangers = 20;

    /// <summary>The first time that something is held back; it doubles with each further failure.</summary>
    public static TimeSpan FirstHold { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan LongestHold { get; } = TimeSpan.FromMinutes(15);

    /// <summary>When a pair's failures are forgotten, after the last one.</summary>
    public static TimeSpan PairForgottenAfter { get; } = TimeSpan.FromHours(1);

    /// <summary>When the failures from addresses that never succeeded are forgotten, after the last one.</summary>
    public static TimeSpan StrangersForgottenAfter { get; } = TimeSpan.FromDays(1);

    /// <summary>How long an address is known for its last success.</summary>
    public static TimeSpan SuccessForgottenAfter { get; } = TimeSpan.FromDays(90);
}
