using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using CsCheck;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>Random histories of one user's sessions, against a model that knows tokens by number and has no hashes.</summary>
public sealed class SessionModelTests
{
    private const long UserId = 1000;
    private const int MostSessions = 4;

    /// <summary>What happens next; <paramref name="Pick"/> chooses among the tokens, commands or states of the user there have been.</summary>
    private sealed record Step(int Kind, int Pick, int Seconds);

    /// <summary>Mostly seconds pass, now and then weeks.</summary>
    private static readonly Gen<int> _seconds = Gen.Frequency((12, Gen.Int[0, 12]), (1, Gen.Int[0, 3_000_000]));

    private static readonly Gen<Step> _step = Gen.Select(Gen.Int[0, 15], Gen.Int[0, 1000], _seconds, (kind, pick, seconds) => new Step(kind, pick, seconds));

    [Fact]
    public void Any_history_of_sessions_goes_as_in_the_model() => _step.List[1, 80].Sample(steps =>
    {
        var history = new History();
        foreach (var step in steps)
            history.Take(step);
    }, iter: 1000);

    private sealed class History
    {
        private static readonly SessionLimits _limits = new();
        private static readonly DateTimeOffset _start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        private readonly List<ModelFamily> _families = [];
        private readonly List<(ModelFamily Family, int Generation, RefreshToken Token)> _tokens = [];
        private readonly List<(string Id, int Token)> _commands = [];
        private UserSessionsState _state = new();
        private DateTimeOffset _now = _start;
        private int _userState;
        private int _epoch;

        public void Take(Step step)
        {
            _now += TimeSpan.FromSeconds(step.Seconds);
            if (step.Kind <= 2 || _tokens.Count == 0)
                Open(Math.Max(0, _userState - (step.Kind == 0 ? step.Pick % 3 : 0)));
            else if (step.Kind == 3)
                End(_families[step.Pick % _families.Count]);
            else if (step.Kind == 4)
                _userState++;
            else if (step.Kind == 5)
                EndAll(step.Pick % 5 == 0 ? null : Math.Max(0, _userState - (step.Pick % 3)));
            else if (step.Kind == 6 && _commands.Count > 0)
                Repeat(_commands[step.Pick % _commands.Count]);
            else
                Present(Favour(step.Pick), $"command-{_commands.Count}");
            Compare();
        }

        /// <summary>A token: every second time one of the latest three, for most of the older ones end what they touch.</summary>
        private int Favour(int pick) => pick % 2 == 0 ? _tokens.Count - 1 - (pick / 2 % Math.Min(3, _tokens.Count)) : pick / 2 % _tokens.Count;

        private static DateTimeOffset AsOf(int userState) => _start.AddMicroseconds(userState);

        private void Open(int userState)
        {
            Assert.Equal(userState < _epoch, _state.IsStale(AsOf(userState)));
            if (userState < _epoch)
                return;
            var surplus = _families.Where(IsLive).OrderBy(family => family.ExpiresAt).Take(_families.Count(IsLive) - MostSessions + 1).ToArray();
            var token = RefreshToken.New(UserId);
            var family = new ModelFamily($"s_{_families.Count}", userState, _now) { ExpiresAt = _limits.ExpiryOf(_now, _now) };
            _state = _state.Opened(
                UserId, new(family.Id, "", "", _now, family.ExpiresAt, Family: RefreshFamily.Of(token), UserAsOf: AsOf(userState)), MostSessions);
            Array.ForEach(surplus, ended => ended.IsRevoked = true);
            _families.Add(family);
            _tokens.Add((family, 0, token));
        }

        private void End(ModelFamily family)
        {
            _state = _state.Ended(UserId, _state.Live(_now).Where(session => session.SessionId == family.Id), SessionEnds.Ended, _now);
            family.IsRevoked |= IsLive(family);
        }

        private void EndAll(int? epoch)
        {
            _state = _state.AllEnded(UserId, SessionEnds.PasswordChanged, epoch is { } at ? AsOf(at) : null, _now);
            foreach (var family in _families.Where(IsLive).Where(family => epoch is null || family.UserState < epoch))
                family.IsRevoked = true;
            _epoch = Math.Max(_epoch, epoch ?? 0);
        }

        private void Repeat((string Id, int Token) command) => Present(command.Token, command.Id);

        private void Present(int index, string commandId)
        {
            var (family, generation, token) = _tokens[index];
            var step = _state.Refresh(UserId, token, new(commandId, token.Text, "", ""), _limits, _now);
            var isRepeat = family.SpentBy.TryGetValue(commandId, out var at) && _state.HasCommitted(commandId);
            Assert.True(!family.SpentBy.ContainsKey(commandId) || isRepeat || _now - at >= TimeSpan.FromMinutes(1), "A command was forgotten too soon.");
            _state = step.Next;
            _commands.Add((commandId, index));

            if (!IsLive(family))
                Assert.Equal(RefreshOutcome.Invalid, step.Outcome);
            else if (generation == family.Generation)
                Rotated(family, step, commandId);
            else if (generation == family.Generation - 1 && (isRepeat || _now - family.RotatedAt <= UserSessionsState.Grace))
                Assert.Equal(_tokens.Single(known => known.Family == family && known.Generation == family.Generation).Token, step.Successor);
            else
                Refused(family, step, isRepeat);
        }

        private void Rotated(ModelFamily family, RefreshStep step, string commandId)
        {
            Assert.Equal(RefreshOutcome.Refreshed, step.Outcome);
            Assert.DoesNotContain(step.Successor, _tokens.Select(known => known.Token));
            family.Generation++;
            family.RotatedAt = _now;
            family.ExpiresAt = _limits.ExpiryOf(family.OpenedAt, _now);
            family.SpentBy[commandId] = _now;
            _tokens.Add((family, family.Generation, step.Successor!));
        }

        private static void Refused(ModelFamily family, RefreshStep step, bool isRepeat)
        {
            Assert.Equal(isRepeat ? RefreshOutcome.Invalid : RefreshOutcome.Reused, step.Outcome);
            Assert.Null(step.Successor);
            family.IsRevoked = family.IsReused = !isRepeat;
        }

        private bool IsLive(ModelFamily family) => !family.IsRevoked && family.ExpiresAt > _now;

        private void Compare()
        {
            Assert.Equal(_families.Where(IsLive).Select(family => family.Id), _state.Live(_now).Select(session => session.SessionId));
            Assert.True(_state.Live(_now).Count() <= MostSessions);
            Assert.Equal(Ids(family => family.IsRevoked), _state.Raised.OfType<SessionRevoked>().Select(raised => raised.SessionId).Order(StringComparer.Ordinal));
            Assert.Equal(Ids(family => family.IsReused), _state.Raised.OfType<RefreshTokenReused>().Select(raised => raised.SessionId).Order(StringComparer.Ordinal));
        }

        private IEnumerable<string> Ids(Func<ModelFamily, bool> which) => _families.Where(which).Select(family => family.Id).Order(StringComparer.Ordinal);
    }

    /// <summary>A session as the contract has it: tokens counted from 0, of which the last is good.</summary>
    /// <param name="userState">Which state of the user the credentials were checked against, counted from 0.</param>
    private sealed class ModelFamily(string id, int userState, DateTimeOffset openedAt)
    {
        public string Id => id;

        public int UserState => userState;

        public DateTimeOffset OpenedAt => openedAt;

        public DateTimeOffset ExpiresAt { get; set; }

        /// <summary>Whether it was ended, before it expired.</summary>
        public bool IsRevoked { get; set; }

        public bool IsReused { get; set; }

        public int Generation { get; set; }

        public DateTimeOffset RotatedAt { get; set; }

        /// <summary>The commands that spent a token, and when.</summary>
        public Dictionary<string, DateTimeOffset> SpentBy { get; } = [];
    }
}
