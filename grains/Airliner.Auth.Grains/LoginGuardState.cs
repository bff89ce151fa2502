using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;
using static Airliner.Contracts.Auth.LoginGuardLimits;

namespace Airliner.Auth.Grains;

/// <summary>What a guard knows of one account, or of one name that nobody has. Pure.</summary>
internal sealed record LoginGuardState : Record
{
    /// <summary>Addresses remembered at most; beyond it those go that were heard of longest ago.</summary>
    public const int MostSources = 100;

    public ImmutableList<GuardedSource> Sources { get; init; } = [];

    /// <summary>Failures from addresses that never succeeded, all together.</summary>
    public FailureCount Strangers { get; init; } = FailureCount.None;

    /// <summary>When nothing in here matters any more.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What is known of an address now.</summary>
    public GuardedSource Of(string source, DateTimeOffset now) => (Sources.Find(known => known.Source == source) ?? new(source, null, FailureCount.None)).At(now);

    /// <summary>Whether one more attempt may be made.</summary>
    /// <param name="underWay">Attempts from this address that have not ended yet.</param>
    /// <param name="strangersUnderWay">Those from all addresses that never succeeded.</param>
    public GuardVerdict Judge(string source, int underWay, int strangersUnderWay, DateTimeOffset now)
    {
        var origin = Of(source, now);
        var own = origin.Failures.Allowance(FailuresOfAPair, now);
        var strangers = StrangersAt(now);
        var shared = origin.IsKnown ? int.MaxValue : strangers.Allowance(FailuresOfStrangers, now);
        if (own == 0 || shared == 0)
        {
            var ownHold = own == 0 ? origin.Failures.HeldUntil : now;
            var sharedHold = shared == 0 ? strangers.HeldUntil : now;
            return new(GuardDecision.HoldBack, (ownHold > sharedHold ? ownHold : sharedHold) - now);
        }

        return own > underWay && shared > strangersUnderWay ? new(GuardDecision.Admit) : new(GuardDecision.Wait);
    }

    /// <summary>The state after an attempt that failed.</summary>
    /// <param name="userId">Null for a name that nobody has: there is nobody to tell.</param>
    public LoginGuardState Failed(long? userId, string source, DateTimeOffset now)
    {
        var origin = Of(source, now);
        var failed = origin with { Failures = origin.Failures.Failed(FailuresOfAPair, now) };
        var strangers = origin.IsKnown ? StrangersAt(now) : StrangersAt(now).Failed(FailuresOfStrangers, now);
        var next = With(failed, strangers, now);
        if (userId is not { } user)
            return next;

        next = next.Raise(new LoginFailed(user) { Timestamp = now });
        if (!origin.IsKnown && strangers.Failures == FailuresOfStrangers)
            return next.Raise(new AccountLocked(user, LockScopes.UnknownAddresses, strangers.HeldUntil) { Timestamp = now });
        return failed.Failures.Failures == FailuresOfAPair
            ? next.Raise(new AccountLocked(user, LockScopes.Address, failed.Failures.HeldUntil) { Timestamp = now })
            : next;
    }

    /// <summary>The state after an attempt that succeeded; null where it would say nothing new, so that most logins write nothing.</summary>
    public LoginGuardState? Succeeded(string source, DateTimeOffset now)
    {
        var origin = Of(source, now);
        if (origin.Failures.Failures == 0 && now - origin.SucceededAt < TimeSpan.FromDays(1))
            return null;
        var strangers = StrangersAt(now);
        // Whoever failed here was no stranger after all.
        if (!origin.IsKnown)
            strangers = strangers with { Failures = Math.Max(0, strangers.Failures - origin.Failures.Failures) };
        return With(origin with { SucceededAt = now, Failures = FailureCount.None }, strangers, now);
    }

    private FailureCount StrangersAt(DateTimeOffset now) => Strangers.At(now, StrangersForgottenAfter);

    private LoginGuardState With(GuardedSource heardOf, FailureCount strangers, DateTimeOffset now)
    {
        var sources = Sources.Where(other => other.Source != heardOf.Source).Select(other => other.At(now)).Append(heardOf)
            .Where(source => source.ExpiresAt > now).OrderByDescending(source => source.HeardOfAt).Take(MostSources).ToImmutableList();
        var strangersExpireAt = strangers.Failures > 0 ? strangers.FailedAt + StrangersForgottenAfter : now;
        return this with { Sources = sources, Strangers = strangers, ExpiresAt = sources.Select(source => source.ExpiresAt).Append(strangersExpireAt).Max() };
    }
}

/// <summary>What is known of one address, for one account.</summary>
/// <param name="Source">The address's keyed hash.</param>
/// <param name="SucceededAt">Its last success; null where it had none.</param>
internal sealed record GuardedSource(string Source, DateTimeOffset? SucceededAt, FailureCount Failures)
{
    /// <summary>Whether the account's user has been here.</summary>
    [JsonIgnore]
    public bool IsKnown => SucceededAt is not null;

    [JsonIgnore]
    public DateTimeOffset HeardOfAt => SucceededAt > Failures.FailedAt ? SucceededAt.Value : Failures.FailedAt;

    [JsonIgnore]
    public DateTimeOffset ExpiresAt
    {
        get
        {
            var failures = Failures.Failures > 0 ? Failures.FailedAt + PairForgottenAfter : DateTimeOffset.MinValue;
            var success = SucceededAt + SuccessForgottenAfter ?? DateTimeOffset.MinValue;
            return failures > success ? failures : success;
        }
    }

    /// <summary>What is left of it at a later time.</summary>
    public GuardedSource At(DateTimeOffset now) => this with
    {
        SucceededAt = now - SucceededAt < SuccessForgottenAfter ? SucceededAt : null,
        Failures = Failures.At(now, PairForgottenAfter),
    };
}

/// <summary>What becomes of an attempt.</summary>
internal enum GuardDecision
{
    Admit,
    HoldBack,

    /// <summary>It depends on those that are under way.</summary>
    Wait,
}

/// <param name="RetryAfter">How long it is held back.</param>
internal readonly record struct GuardVerdict(GuardDecision Decision, TimeSpan RetryAfter = default);
