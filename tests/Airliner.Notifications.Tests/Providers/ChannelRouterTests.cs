using System.Diagnostics.Metrics;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Tests.Doubles;
using Xunit;

namespace Airliner.Notifications.Tests.Providers;

/// <summary>Two SMTP servers in order, with breakers that open after the second failure in 30 seconds, for a minute.</summary>
public sealed class ChannelRouterTests : IAsyncLifetime
{
    private readonly SmtpServer _first = new();
    private readonly SmtpServer _second = new();
    private readonly ConfiguredProviders _providers;

    public ChannelRouterTests() => _providers = new(
        ("Smtp:Host", "127.0.0.1"), ("Smtp:Port", $"{_first.Port}"),
        ("Smtp:Fallbacks:0:Host", "127.0.0.1"), ("Smtp:Fallbacks:0:Port", $"{_second.Port}"),
        ("Notifications:Breaker:MinimumThroughput", "2"), ("Notifications:Breaker:BreakDuration", "00:01:00"));

    private string First => $"smtp://127.0.0.1:{_first.Port}";

    private string Second => $"smtp://127.0.0.1:{_second.Port}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _providers.Dispose();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task The_first_takes_it_and_no_other_is_asked()
    {
        var round = await SendAsync();

        Assert.Equal(DeliveryOutcome.Sent, round.Outcome);
        Assert.Equal([(First, false)], Told(round));
        Assert.Equal(0, _second.Connections);
    }

    [Fact]
    public async Task Where_the_first_fails_the_next_takes_over_and_the_failure_is_told()
    {
        _first.Plan(SmtpBehaviour.DeferRecipient);

        var round = await SendAsync();

        Assert.Equal(DeliveryOutcome.Sent, round.Outcome);
        Assert.Equal([(First, true), (Second, false)], Told(round));
        Assert.StartsWith("451", round.Attempts[0].Error, StringComparison.Ordinal);
        Assert.Single(_second.Taken);
    }

    [Fact]
    public async Task A_refusal_ends_it_at_once_and_says_nothing_against_the_provider()
    {
        _first.Plan(SmtpBehaviour.RefuseRecipient, SmtpBehaviour.RefuseRecipient, SmtpBehaviour.RefuseRecipient);

        for (var i = 0; i < 3; i++)
            Assert.Equal([(First, true)], Told(await SendAsync(DeliveryOutcome.Refused)));

        await SendAsync();
        Assert.Single(_first.Taken);
        Assert.Equal(0, _second.Connections);
    }

    [Fact]
    public async Task A_user_whom_no_push_service_knows_closes_none_to_the_others()
    {
        PlannedAnswer[] unknown = [.. Enumerable.Repeat(new PlannedAnswer(404), 10)];
        await using var first = await HttpReceiver.StartAsync(unknown);
        await using var second = await HttpReceiver.StartAsync(unknown);
        using var providers = new ConfiguredProviders(
            ("Notifications:Push:Providers:0:Url", first.Address), ("Notifications:Push:Providers:0:TokenFile", "{token}"),
            ("Notifications:Push:Providers:1:Url", second.Address), ("Notifications:Push:Providers:1:TokenFile", "{token}"),
            ("Notifications:Breaker:MinimumThroughput", "2"));

        for (var i = 0; i < unknown.Length; i++)
        {
            var round = await providers.Router.DeliverAsync(Channels.Push, Outgoing.Mail(1000));
            Assert.Equal((DeliveryOutcome.Refused, 2), (round.Outcome, round.Attempts.Count));
            Assert.All(round.Attempts, attempt => Assert.StartsWith("404", attempt.Error, StringComparison.Ordinal));
        }

        Assert.Equal(DeliveryOutcome.Sent, (await providers.Router.DeliverAsync(Channels.Push, Outgoing.Mail(1001))).Outcome);
        Assert.Equal(10, second.Received.Count);
    }

    [Fact]
    public async Task Mail_servers_that_defer_some_recipients_are_closed_to_nobody()
    {
        _first.Plan([.. Enumerable.Repeat(SmtpBehaviour.DeferRecipient, 10)]);
        _second.Plan([.. Enumerable.Repeat(SmtpBehaviour.DeferRecipient, 10)]);

        for (var i = 0; i < 10; i++)
            Assert.All((await SendAsync(DeliveryOutcome.Failed)).Attempts, attempt => Assert.StartsWith("451", attempt.Error, StringComparison.Ordinal));

        Assert.Equal([(First, false)], Told(await SendAsync()));
    }

    [Fact]
    public async Task Waiting_for_its_turn_is_no_part_of_the_time_that_a_provider_has()
    {
        using var providers = OneAtATime();
        _first.Plan(SmtpBehaviour.Hold, SmtpBehaviour.Hold);
        var rounds = new[] { providers.Router.DeliverAsync(Channels.Email, Outgoing.Mail(1000)), providers.Router.DeliverAsync(Channels.Email, Outgoing.Mail(1001)) };

        for (var i = 0; i < rounds.Length; i++)
        {
            await _first.Held.WaitAsync(TestContext.Current.CancellationToken);
            providers.Time.Advance(TimeSpan.FromSeconds(20));
            _first.LetGo.Release();
        }

        Assert.All(await Task.WhenAll(rounds), round => Assert.Equal(DeliveryOutcome.Sent, round.Outcome));
    }

    [Fact]
    public async Task What_is_of_security_has_the_next_turn_before_all_that_waits()
    {
        using var providers = OneAtATime();
        _first.Plan(SmtpBehaviour.Hold);
        var code = Outgoing.Mail(1003) with { Category = NotificationCategories.Security };
        OutgoingNotification[] mails = [Outgoing.Mail(1000), Outgoing.Mail(1001), Outgoing.Mail(1002), code];
        var rounds = mails.Select(mail => providers.Router.DeliverAsync(Channels.Email, mail)).ToList();
        await _first.Held.WaitAsync(TestContext.Current.CancellationToken);

        _first.LetGo.Release();

        Assert.All(await Task.WhenAll(rounds), round => Assert.Equal(DeliveryOutcome.Sent, round.Outcome));
        Assert.Equal(["notification-1000", "notification-1003", "notification-1001", "notification-1002"], _first.Taken.Select(mail => mail.MessageId!.Split('@')[0]));
    }

    [Fact]
    public async Task Where_the_claim_fails_no_provider_is_asked_and_the_next_has_its_turn()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => _providers.Router.DeliverAsync(Channels.Email, Outgoing.Mail(1000), () => throw new TimeoutException()));

        Assert.Equal(0, _first.Connections);
        await SendAsync();
    }

    [Fact]
    public async Task A_provider_that_fails_is_left_alone_until_one_notification_has_found_it_well()
    {
        _first.Plan(SmtpBehaviour.Drop, SmtpBehaviour.Drop, SmtpBehaviour.Drop);
        await SendAsync();
        await SendAsync();
        Assert.Equal(2, _first.Connections);

        var open = await SendAsync();
        Assert.Equal([(First, true), (Second, false)], Told(open));
        Assert.Contains("Not asked", open.Attempts[0].Error, StringComparison.Ordinal);
        Assert.Equal(2, _first.Connections);

        // It is tried once, fails, and is left alone again.
        _providers.Time.Advance(TimeSpan.FromMinutes(1));
        await SendAsync();
        await SendAsync();
        Assert.Equal(3, _first.Connections);

        _providers.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([(First, false)], Told(await SendAsync()));
        Assert.Equal([(First, false)], Told(await SendAsync()));
        Assert.Equal((2, 5), (_first.Taken.Count, _second.Taken.Count));
    }

    [Fact]
    public async Task Where_all_are_left_alone_nobody_is_asked_and_it_can_wait_as_long()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await SendAsync(DeliveryOutcome.Failed);
        await SendAsync(DeliveryOutcome.Failed);

        var round = await SendAsync(DeliveryOutcome.Failed);

        Assert.All(round.Attempts, attempt => Assert.Contains("Not asked", attempt.Error, StringComparison.Ordinal));
        Assert.Equal(TimeSpan.FromMinutes(1), round.RetryAfter);
    }

    [Fact]
    public async Task What_providers_do_is_counted_and_an_open_circuit_shown()
    {
        var answers = new List<string>();
        var open = new Dictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Airliner.Notifications")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Add(tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => open[Tag(tags, "provider")] = value);
        listener.Start();
        _first.Plan(SmtpBehaviour.Drop, SmtpBehaviour.Drop);

        for (var i = 0; i < 3; i++)
            await SendAsync();
        listener.RecordObservableInstruments();

        Assert.Equal(
            [$"{First} failed", $"{Second} taken", $"{First} failed", $"{Second} taken", $"{First} not_asked", $"{Second} taken"],
            answers);
        Assert.Equal((1, 0), (open[First], open[Second]));

        // Only of this test's own: others count in the same process meanwhile.
        void Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Tag(tags, "provider") is var provider && (provider == First || provider == Second))
                answers.Add($"{provider} {Tag(tags, "outcome")}");
        }
    }

    [Fact]
    public void Breakers_that_make_no_sense_are_a_start_error_that_names_the_section() =>
        Assert.Contains("Notifications:Breaker", Assert.Throws<InvalidOperationException>(() => new ConfiguredProviders(("Notifications:Breaker:FailureRatio", "2"))).Message, StringComparison.Ordinal);

    private static string Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
                return (string)tag.Value!;
        }

        return "";
    }

    private static IEnumerable<(string Provider, bool HasFailed)> Told(DeliveryRound round) => round.Attempts.Select(attempt => (attempt.Provider, attempt.Error is not null));

    private async Task<DeliveryRound> SendAsync(DeliveryOutcome expected = DeliveryOutcome.Sent)
    {
        var round = await _providers.Router.DeliverAsync(Channels.Email, Outgoing.Mail(1000));
        Assert.Equal(expected, round.Outcome);
        return round;
    }

    /// <summary>The first server alone, with one connection.</summary>
    private ConfiguredProviders OneAtATime() => new(("Smtp:Host", "127.0.0.1"), ("Smtp:Port", $"{_first.Port}"), ("Smtp:MaxConnections", "1"));
}
