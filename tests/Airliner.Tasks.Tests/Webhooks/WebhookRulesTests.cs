using System.Text;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Webhooks;
using Xunit;

namespace Airliner.Tasks.Tests.Webhooks;

/// <summary>What webhooks decide, without a cluster.</summary>
public sealed class WebhookRulesTests
{
    private static readonly DateTimeOffset _noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly WebhookSchedule _schedule = new(new WebhookOptions());
    private static readonly WebhookAnswer _taken = new(Trouble: null);
    private static readonly WebhookAnswer _refused = new("The endpoint answered 500.");

    private static WebhookState New { get; } = WebhookState.Created(
        new CreateWebhook("wh_1", 1001, "https://example.com/", ["task_completed"], new byte[32]), new WebhookVault(new byte[32]), _noon);

    private static WebhookState After(WebhookState state, DateTimeOffset now, params WebhookAnswer[] answers) =>
        state.Tried(answers, _schedule, TimeSpan.FromDays(5), now);

    [Fact]
    public void A_message_is_signed_as_the_published_example_is()
    {
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var signature = WebhookSignature.Of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, Encoding.UTF8.GetBytes("""{"test": 2432232314}"""));
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public void A_delivery_is_tried_ten_times_over_three_days_and_given_up()
    {
        var waits = Enumerable.Range(1, 9).Select(attempts => _schedule.After(attempts, chance: 0)!.Value).ToArray();
        Assert.Equal(TimeSpan.FromSeconds(5), waits[0]);
        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits.Aggregate((sum, wait) => sum + wait), TimeSpan.FromDays(3), TimeSpan.FromDays(4));
        Assert.Null(_schedule.After(10, chance: 0));
        Assert.Equal(TimeSpan.FromSeconds(6), _schedule.After(1, chance: 1));
    }

    [Fact]
    public void A_failing_endpoint_is_left_alone_for_longer_and_longer_up_to_five_minutes()
    {
        var (state, now) = (New, _noon);
        var holds = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            state = After(state, now, _refused, _refused);
            holds.Add(state.HeldUntil - now);
            Assert.False(state.MayBeTried(now));
            now = state.HeldUntil;
            Assert.True(state.MayBeTried(now));
        }

        Assert.Equal([5, 10, 20, 40, 80, 160, 300, 300], holds.Take(8).Select(hold => hold.TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(5), holds[^1]);
        Assert.Equal((_noon, "The endpoint answered 500."), (state.FailingSince, state.LastError));
    }

    [Fact]
    public void An_endpoint_that_asks_for_peace_gets_it() =>
        Assert.Equal(_noon.AddHours(1), After(New, _noon, _refused, _refused with { RetryAfter = TimeSpan.FromHours(1) }).HeldUntil);

    [Fact]
    public void An_endpoint_that_takes_some_and_asks_for_peace_gets_it_too()
    {
        var asks = _refused with { RetryAfter = TimeSpan.FromMinutes(1) };
        var state = After(New, _noon, _taken, asks, asks);
        Assert.Equal((null, 0, _noon.AddMinutes(1)), (state.FailingSince, state.Failures, state.HeldUntil));
        Assert.Equal(_noon.AddSeconds(90), After(state, _noon.AddSeconds(30), _taken, asks).HeldUntil);
    }

    [Fact]
    public void One_delivery_that_is_taken_shows_that_the_endpoint_lives()
    {
        var failing = After(New, _noon, _refused);
        var now = _noon.AddDays(6);
        var state = After(failing, now, _refused, _taken);
        Assert.Equal((WebhookStatuses.Active, null, 0, now), (state.Status, state.FailingSince, state.Failures, state.LastSuccessAt));
        Assert.True(state.MayBeTried(now));
    }

    [Fact]
    public void Successes_are_told_once_a_minute()
    {
        var state = After(New, _noon, _taken);
        Assert.Same(state, After(state, _noon.AddSeconds(59), _taken));
        Assert.Equal(_noon.AddSeconds(60), After(state, _noon.AddSeconds(60), _taken).LastSuccessAt);
    }

    [Fact]
    public void An_endpoint_that_takes_nothing_for_five_days_is_disabled()
    {
        var failing = After(New, _noon, _refused);
        Assert.Equal(WebhookStatuses.Active, After(failing, _noon.AddDays(5).AddSeconds(-1), _refused).Status);
        var disabled = After(failing, _noon.AddDays(5), _refused);
        Assert.Equal(WebhookStatuses.Disabled, disabled.Status);
        Assert.False(disabled.MayBeTried(_noon.AddYears(1)));
    }

    [Fact]
    public void An_endpoint_that_says_it_is_gone_is_disabled_at_once() =>
        Assert.Equal(WebhookStatuses.Disabled, After(New, _noon, _taken, new WebhookAnswer("The endpoint answered 410: it is gone.", IsGone: true)).Status);
}
