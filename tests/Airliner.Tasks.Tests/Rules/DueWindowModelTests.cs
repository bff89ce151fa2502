using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Queues;
using CsCheck;
using Xunit;

namespace Airliner.Tasks.Tests.Rules;

/// <summary>Random histories of a window, against a model that says the rules and looks at everything each time.</summary>
public sealed class DueWindowModelTests
{
    private const int MostInFlight = 2;

    /// <summary>What happens next; <paramref name="Pick"/> chooses a task or a priority.</summary>
    private sealed record Step(int Kind, int User, int Pick, int Seconds);

    /// <summary>Mostly seconds pass, now and then as much as makes tasks more urgent.</summary>
    private static readonly Gen<int> _seconds = Gen.Frequency((8, Gen.Int[0, 5]), (2, Gen.Int[0, 700]), (1, Gen.Int[0, 4000]));

    private static readonly Gen<Step> _step =
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 6], Gen.Int[0, 1000], _seconds, (kind, user, pick, seconds) => new Step(kind, user, pick, seconds));

    [Fact]
    public void Any_history_goes_as_in_the_model() => _step.List[1, 120].Sample(steps =>
    {
        var history = new History();
        foreach (var step in steps)
            history.Take(step);
        history.TakeAll();
    }, iter: 2000);

    private sealed class History
    {
        private readonly Dictionary<long, int> _inFlight = [];
        private readonly DueWindow _window;
        private readonly Model _model;
        private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        private long _lastId;

        public History()
        {
            _window = new DueWindow(int.MaxValue, MayStart);
            _model = new Model(MayStart);
        }

        public void Take(Step step)
        {
            _now += TimeSpan.FromSeconds(step.Seconds);
            if (step.Kind <= 4)
                Add(new(++_lastId, step.User, _now, _now - Priorities.Boost(Priorities.All[step.Pick % 4])));
            else if (step.Kind == 5 && _model.Tasks.Count > 0 && _model.Tasks[step.Pick % _model.Tasks.Count] is var told)
                Add(told with { Order = told.Order.AddSeconds(step.Pick % 7) });
            else if (step.Kind == 6 && _inFlight.GetValueOrDefault(step.User) > 0)
                End(step.User);
            else
                TakeOne();
            Assert.Equal(_model.Tasks.Count, _window.Count);
        }

        /// <summary>Ends what runs whenever nothing may start: so everything is taken in the end.</summary>
        public void TakeAll()
        {
            while (_model.Tasks.Count > 0)
            {
                if (!TakeOne())
                    _inFlight.Where(user => user.Value > 0).Select(user => user.Key).ToList().ForEach(End);
            }

            Assert.Equal((0, 0), (_window.Count, _window.Ready));
        }

        private bool MayStart(long userId) => _inFlight.GetValueOrDefault(userId) < MostInFlight;

        private void Add(QueuedTask task)
        {
            _window.Add(task, _now);
            _model.Add(task, _now);
        }

        private void End(long userId)
        {
            _inFlight[userId]--;
            _window.Resume(userId, _now);
            _model.Resume(userId, _now);
        }

        private bool TakeOne()
        {
            var expected = _model.Take(_now);
            Assert.Equal(expected is not null, _window.TryTake(_now, out var taken));
            if (expected is null)
                return false;
            Assert.Equal(expected, taken);
            _inFlight[taken.UserId] = _inFlight.GetValueOrDefault(taken.UserId) + 1;
            return true;
        }
    }

    /// <summary>The rules: of the users whose first task is the most urgent and who may start one, who has waited longest among those is next.</summary>
    private sealed class Model(Func<long, bool> mayStart)
    {
        /// <summary>Since when each user waits for a turn among those who are as urgent.</summary>
        private readonly Dictionary<long, (int Urgency, int Since)> _waiting = [];

        private int _clock;

        public List<QueuedTask> Tasks { get; } = [];

        public void Add(QueuedTask task, DateTimeOffset now)
        {
            Tasks.RemoveAll(known => known.TaskId == task.TaskId);
            Tasks.Add(task);
            Wait(task.UserId, now);
        }

        public void Resume(long userId, DateTimeOffset now)
        {
            if (_waiting.TryGetValue(userId, out var waiting) && waiting.Since == int.MaxValue)
                Wait(userId, now);
        }

        public QueuedTask? Take(DateTimeOffset now)
        {
            foreach (var userId in Tasks.Select(task => task.UserId).Distinct().OrderBy(RisesAt).ThenBy(userId => userId).ToList())
                Wait(userId, now);
            while (Tasks.Count > 0)
            {
                var next = _waiting.Where(user => user.Value.Since != int.MaxValue).OrderByDescending(user => user.Value.Urgency).ThenBy(user => user.Value.Since).FirstOrDefault();
                if (next.Key == 0)
                    return null;
                if (!mayStart(next.Key))
                {
                    _waiting[next.Key] = next.Value with { Since = int.MaxValue };
                    continue;
                }

                var task = First(next.Key);
                Tasks.Remove(task);
                _waiting.Remove(next.Key);
                if (Tasks.Any(other => other.UserId == next.Key))
                    Wait(next.Key, now);
                return task;
            }

            return null;
        }

        /// <summary>Who is passed over waits since never; who is among the others already, and as urgent as before, keeps the place.</summary>
        private void Wait(long userId, DateTimeOffset now)
        {
            var urgency = Urgency.Of(First(userId).Order, now);
            var isAmongThem = _waiting.TryGetValue(userId, out var waiting) && waiting.Since != int.MaxValue;
            if (!isAmongThem)
                _waiting[userId] = (urgency, mayStart(userId) ? _clock++ : int.MaxValue);
            else if (waiting.Urgency != urgency)
                _waiting[userId] = (urgency, _clock++);
        }

        private QueuedTask First(long userId) => Tasks.Where(task => task.UserId == userId).MinBy(task => (task.Order, task.TaskId));

        private DateTimeOffset RisesAt(long userId) =>
            _waiting.TryGetValue(userId, out var waiting) && Urgency.RisesAt(First(userId).Order, waiting.Urgency) is { } at ? at : DateTimeOffset.MaxValue;
    }
}
