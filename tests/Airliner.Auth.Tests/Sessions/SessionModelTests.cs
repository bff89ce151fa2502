using Airliner.Auth.Grains;
using Airliner.Contracts.Auth;
using CsCheck;
using Xunit;

namespace Airliner.Auth.Tests.Sessions;

/// <summary>Random histories of one user's sessions, against a model that knows tokens by number and has no hashes.</summary>
public sealed class SessionModelTests
{
    private const long UserId = 1000;

    /// <summary>What happens next; <paramref name="Pick"/> chooses among the tokens or commands there have been.</summary>
    private sealed record Step(int Kind, int Pick, int Seconds);

    private static readonly Gen<Step> _step = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1000], Gen.Int[0, 12], (kind, pick, seconds) => new Step(kind, pick, seconds));

    [Fact]
    public void Any_history_of_sessions_goes_as_in_the_model() => _step.List[1, 60].Sample(steps =>
    {
        var history = new History();
        foreach (var step in steps)
            history.Take(step);
    }, iter: 500);

    private sealed class History
    {
        private static readonly SessionLimits _limits = new();

        private readonly List<ModelFamily> _families = [];
        private readonly List<(ModelFamily Family, int Generation, RefreshToken Token)> _tokens = [];
        private readonly List<(string Id, int Token)> _commands = [];
        private UserSessionsState _state = new();
        private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public void Take(Step step)
        {
            _now += TimeSpan.FromSeconds(step.Seconds);
            if (step.Kind == 0 || _tokens.Count == 0)
                Open();
            else if (step.Kind == 1)
                End(_families[step.Pick % _families.Count]);
            else if (step.Kind == 2 && _commands.Count > 0)
                Repeat(_commands[step.Pick % _commands.Count]);
            else
                Present(Favour(step.Pick), $"command-{_commands.Count}");
            Compare();
        }

        /// <summary>A token: every second time one of the latest three, for most of the older ones end what they touch.</summary>
        private int Favour(int pick) => pick % 2 == 0 ? _tokens.Count - 1 - (pick / 2 % Math.Min(3, _tokens.Count)) : pick / 2 % _tokens.Count;

        private void Open()
        {
            var token = RefreshToken.New(UserId);
            var family = new ModelFamily($"s_{_families.Count}");
            _state = _state.Opened(UserId, new(family.Id, "", "", _now, _limits.ExpiryOf(_now, _now), Family: RefreshFamily.Of(token)), 200);
            _families.Add(family);
            _tokens.Add((family, 0, token));
        }

        private void End(ModelFamily family)
        {
            _state = _state.Ended(UserId, _state.Sessions.Where(session => session.SessionId == family.Id), SessionEnds.Ended, _now);
            family.IsLive = false;
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

            if (!family.IsLive)
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
            family.SpentBy[commandId] = _now;
            _tokens.Add((family, family.Generation, step.Successor!));
        }

        private static void Refused(ModelFamily family, RefreshStep step, bool isRepeat)
        {
            Assert.Equal(isRepeat ? RefreshOutcome.Invalid : RefreshOutcome.Reused, step.Outcome);
            Assert.Null(step.Successor);
            family.IsLive = isRepeat;
            family.IsReused = !isRepeat;
        }

        private void Compare()
        {
            Assert.Equal(_families.Where(family => family.IsLive).Select(family => family.Id), _state.Sessions.Select(session => session.SessionId));
            Assert.Equal(Ids(family => !family.IsLive), _state.Raised.OfType<SessionRevoked>().Select(raised => raised.SessionId).Order(StringComparer.Ordinal));
            Assert.Equal(Ids(family => family.IsReused), _state.Raised.OfType<RefreshTokenReused>().Select(raised => raised.SessionId).Order(StringComparer.Ordinal));
        }

        private IEnumerable<string> Ids(Func<ModelFamily, bool> which) => _families.Where(which).Select(family => family.Id).Order(StringComparer.Ordinal);
    }

    /// <summary>A session as the contract has it: tokens counted from 0, of which the last is good.</summary>
    private sealed class ModelFamily(string id)
    {
        public string Id => id;

        public bool IsLive { get; set; } = true;

        public bool IsReused { get; set; }

        public int Generation { get; set; }

        public DateTimeOffset RotatedAt { get; set; }

        /// <summary>The commands that spent a token, and when.</summary>
        public Dictionary<string, DateTimeOffset> SpentBy { get; } = [];
    }
}
