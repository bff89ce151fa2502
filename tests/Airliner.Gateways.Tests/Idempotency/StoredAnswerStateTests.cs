using Airliner.Contracts.Idempotency;
using Xunit;

namespace Airliner.Gateways.Tests.Idempotency;

/// <summary>Who holds a key, and for how long.</summary>
public sealed class StoredAnswerStateTests
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly byte[] _body = new byte[32];
    private static readonly StoredAnswer _answer = new(201, new Dictionary<string, string>(), []);

    private readonly Guid _try = Guid.NewGuid();
    private readonly StoredAnswerState _held;

    public StoredAnswerStateTests() => _held = new StoredAnswerState().Reserved(_try, _body, 1000, _now);

    [Fact]
    public void A_try_that_asks_again_still_holds_the_key_and_another_one_waits()
    {
        Assert.Equal(ReservationOutcome.Reserved, _held.Judge(_try, _body, _now));
        Assert.Equal(ReservationOutcome.InFlight, _held.Judge(Guid.NewGuid(), _body, _now));
    }

    [Fact]
    public void A_try_that_was_lost_is_followed_by_another_of_the_same_command()
    {
        var (next, late) = (Guid.NewGuid(), _now + StoredAnswerState.LongestTry);
        Assert.Equal(ReservationOutcome.Reserved, _held.Judge(next, _body, late));
        Assert.Equal(_held.CommandId, _held.Reserved(next, _body, 1000, late).CommandId);
    }

    [Fact]
    public void A_try_that_holds_the_key_no_longer_neither_answers_nor_gives_it_back()
    {
        var taken = _held.Reserved(Guid.NewGuid(), _body, 1000, _now + StoredAnswerState.LongestTry);

        Assert.Same(taken, taken.Kept(_try, _answer, 1000));
        Assert.Same(taken, taken.Released(_try));
    }

    [Fact]
    public void The_first_answer_stays()
    {
        var answered = _held.Kept(_try, _answer, 1000);

        Assert.Same(answered, answered.Kept(_try, _answer with { Status = 200 }, 1000));
        Assert.Equal(ReservationOutcome.Answered, answered.Judge(_try, _body, _now));
    }

    [Fact]
    public void A_day_later_the_key_is_another_command()
    {
        var later = _now + StoredAnswerState.Lifetime;
        var other = new byte[32];
        other[0] = 1;

        Assert.Equal(ReservationOutcome.OtherBody, _held.Judge(_try, other, later.AddTicks(-1)));
        Assert.Equal(ReservationOutcome.Reserved, _held.Judge(_try, other, later));
        Assert.NotEqual(_held.CommandId, _held.Reserved(_try, other, 1000, later).CommandId);
    }
}
