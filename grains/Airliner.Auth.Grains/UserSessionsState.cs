using System.Collections.Immutable;
using Airliner.Contracts.Auth;
using Airliner.Contracts.Records;

namespace Airliner.Auth.Grains;

/// <summary>A user's sessions as stored.</summary>
internal sealed record UserSessionsState : Record
{
    /// <summary>How long a spent token answers its successor again.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How long a command is remembered: several times what a gateway repeats a call for.</summary>
    private static readonly TimeSpan _memory = TimeSpan.FromMinutes(1);

    /// <summary>Commands remembered at most.</summary>
    private const int MostCommands = 100;

    /// <summary>Oldest first.</summary>
    public ImmutableList<Session> Sessions { get; init; } = [];

    /// <summary>The commands of the last minute, oldest first.</summary>
    public ImmutableList<CommittedCommand> Commands { get; init; } = [];

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The last change of the user that ended sessions: what was checked before it counts no more. Null where there was none.</summary>
    public DateTimeOffset? Epoch { get; init; }

    /// <summary>When the last session expires; null where there is none.</summary>
    public DateTimeOffset? ExpiresAt => Sessions.IsEmpty ? null : Sessions.Max(session => session.ExpiresAt);

    public IEnumerable<Session> Live(DateTimeOffset now) => Sessions.Where(session => session.IsLive(now));

    /// <summary>The session whose family the token is of, spent or not.</summary>
    public Session? Find(RefreshToken token, DateTimeOffset now)
    {
        var hash = token.FamilyHash;
        return Live(now).FirstOrDefault(session => session.Family?.Hash == hash);
    }

    /// <summary>Whether what was learnt of the user was so before a change that ended sessions.</summary>
    public bool IsStale(DateTimeOffset userAsOf) => userAsOf < Epoch;

    public bool HasCommitted(string commandId) => Commands.Exists(command => command.CommandId == commandId);

    /// <summary>The state with one session more. Where there are as many as may be, the one that would expire first ends.</summary>
    public UserSessionsState Opened(long userId, Session session, int mostSessions)
    {
        var now = session.CreatedAt;
        var live = Live(now).ToArray();
        var next = Ended(userId, live.OrderBy(old => old.ExpiresAt).Take(live.Length - mostSessions + 1), SessionEnds.TooManySessions, now);
        return (next with { Sessions = next.Sessions.Add(session) }).Raise(new UserLoggedIn(userId, session.SessionId) { Timestamp = now });
    }

    /// <summary>What it comes to that somebody presents the token.</summary>
    public RefreshStep Refresh(long userId, RefreshToken token, RefreshCommand command, SessionLimits limits, DateTimeOffset now)
    {
        if (Find(token, now) is not { Family: { } family } session)
            return new(RefreshOutcome.Invalid, this);
        if (family.CurrentHash == token.SecretHash)
        {
            var nonce = RefreshToken.NewNonce();
            var successor = token.Successor(nonce);
            var refreshed = session with
            {
                SourceAddress = command.SourceAddress,
                UserAgent = command.UserAgent,
                ExpiresAt = limits.ExpiryOf(session.CreatedAt, now),
                LastUsedAt = now,
                Family = family with { CurrentHash = successor.SecretHash, SpentHash = token.SecretHash, Nonce = nonce, WasRestored = false },
            };
            var next = this with { Sessions = Sessions.Replace(session, refreshed).RemoveAll(old => !old.IsLive(now)) };
            return new(RefreshOutcome.Refreshed, next.Committed(command.CommandId, now), refreshed, successor);
        }

        // The successor is unused, so this may be one who did not get the answer; surely so where a gateway repeats the very call that spent it.
        var isRepeat = HasCommitted(command.CommandId);
        if (family.SpentHash == token.SecretHash && (isRepeat || now - session.LastUsedAt <= Grace))
            return new(RefreshOutcome.Refreshed, this, session, token.Successor(family.Nonce!));

        // A repeat that comes after the successor's use is nobody's fault, but too late for an answer; and a token that was made after a backup is not known after its restore.
        return isRepeat || family.WasRestored ? new(RefreshOutcome.Invalid, this) : new(RefreshOutcome.Reused, Reused(userId, session, now), session);
    }

    /// <summary>The state without those sessions, and without those that have expired.</summary>
    public UserSessionsState Ended(long userId, IEnumerable<Session> ended, string reason, DateTimeOffset now)
    {
        var gone = ended.ToArray();
        return gone.Aggregate(
            this with { Sessions = Sessions.RemoveAll(session => gone.Contains(session) || !session.IsLive(now)), UpdatedAt = now },
            (state, session) => state.Raise(new SessionRevoked(userId, session.SessionId, reason) { Timestamp = now }));
    }

    /// <summary>The state without the sessions that the epoch ends, or without any; the same state where that changes nothing.</summary>
    public UserSessionsState AllEnded(long userId, string reason, DateTimeOffset? epoch, DateTimeOffset now)
    {
        var ended = Live(now).Where(session => epoch is null || session.UserAsOf < epoch).ToArray();
        var isLater = epoch is not null && !(epoch <= Epoch);
        return ended.Length == 0 && !isLater ? this : (this with { Epoch = isLater ? epoch : Epoch }).Ended(userId, ended, reason, now);
    }

    /// <summary>The state without any session or command; the same state where there is none.</summary>
    public UserSessionsState Erased(long userId, DateTimeOffset now) => Sessions.IsEmpty && Commands.IsEmpty
        ? this
        : Ended(userId, Live(now), SessionEnds.UserDeleted, now) with { Commands = [] };

    /// <summary>The state that remembers the command.</summary>
    public UserSessionsState Committed(string commandId, DateTimeOffset now)
    {
        var recent = Commands.FindAll(command => command.At + _memory > now).Add(new(commandId, now));
        return this with { Commands = recent.RemoveRange(0, Math.Max(0, recent.Count - MostCommands)), UpdatedAt = now };
    }

    private UserSessionsState Reused(long userId, Session session, DateTimeOffset now) =>
        this.Raise(new RefreshTokenReused(userId, session.SessionId) { Timestamp = now }).Ended(userId, [session], SessionEnds.RefreshTokenReused, now);
}

/// <summary>What a refresh comes to.</summary>
/// <param name="Next">The state after it: the one before where nothing is to be committed.</param>
/// <param name="Session">The token's session.</param>
/// <param name="Successor">The token to answer, where the outcome is <see cref="RefreshOutcome.Refreshed"/>.</param>
internal sealed record RefreshStep(RefreshOutcome Outcome, UserSessionsState Next, Session? Session = null, RefreshToken? Successor = null);

/// <summary>A command that was committed.</summary>
internal sealed record CommittedCommand(string CommandId, DateTimeOffset At);
