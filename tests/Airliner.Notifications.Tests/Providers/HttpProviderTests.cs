using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Tests.Doubles;
using Xunit;

namespace Airliner.Notifications.Tests.Providers;

public sealed class HttpProviderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Channels.Sms)]
    [InlineData(Channels.Push)]
    public async Task A_message_is_posted_with_all_that_a_provider_needs(string channel)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(202, """{"id":"m-1"}"""));
        using var providers = Providers(receiver, channel);

        var answer = await providers.Single(channel).SendAsync(Outgoing.Sms(1000), Cancel);

        Assert.Equal("""202 {"id":"m-1"}""", answer);
        var request = Assert.Single(receiver.Received);
        Assert.Equal(("/send", "Bearer s3cret", "notification-1000", "application/json; charset=utf-8"),
            (request.Path, request.Headers["Authorization"], request.Headers["Idempotency-Key"], request.Headers["Content-Type"]));
        Assert.Equal(
            $$"""{"notificationId":"1000","channel":"{{channel}}","to":"\u002B4712345678","userId":1001,"eventType":"task_failed","category":"tasks","createdAt":"2025-01-02T03:04:05.000000Z","title":"Task 7 failed","text":"Your task 7 failed."}""",
            request.Body.Replace("\"+47", "\"\\u002B47", StringComparison.Ordinal));
        Assert.False(request.Headers.ContainsKey("traceparent"));
    }

    [Theory]
    [InlineData(Channels.Push, 400)]
    [InlineData(Channels.Push, 422)]
    [InlineData(Channels.Sms, 404)]
    [InlineData(Channels.Sms, 410)]
    public async Task What_the_provider_finds_wrong_is_refused_for_good(string channel, int status)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(status, "no such device"));
        using var providers = Providers(receiver, channel);

        var refused = await Assert.ThrowsAsync<DeliveryRefusedException>(() => providers.Single(channel).SendAsync(Outgoing.Sms(1000), Cancel));

        Assert.Equal($"{status} no such device", refused.Message);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_user_whom_a_provider_of_push_messages_does_not_know_may_be_known_to_the_next(int status)
    {
        await using var first = await HttpReceiver.StartAsync(new PlannedAnswer(status, "no such device"), new PlannedAnswer(status), new PlannedAnswer(status));
        await using var second = await HttpReceiver.StartAsync(new PlannedAnswer(202), new PlannedAnswer(status), new PlannedAnswer(503));
        using var providers = Providers(first, Channels.Push, second);

        var taken = await providers.Router.DeliverAsync(Channels.Push, Outgoing.Sms(1000));
        var unknown = await providers.Router.DeliverAsync(Channels.Push, Outgoing.Sms(1001));
        var later = await providers.Router.DeliverAsync(Channels.Push, Outgoing.Sms(1002));

        Assert.Equal((DeliveryOutcome.Sent, 2), (taken.Outcome, taken.Attempts.Count));
        Assert.Equal($"{status} no such device", taken.Attempts[0].Error);
        Assert.Equal((DeliveryOutcome.Refused, 2), (unknown.Outcome, unknown.Attempts.Count));
        Assert.Equal((DeliveryOutcome.Failed, 2), (later.Outcome, later.Attempts.Count));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_is_of_the_moment_or_of_our_token_is_tried_again(int status)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(status));
        using var providers = Providers(receiver, Channels.Push);

        await Assert.ThrowsAsync<HttpRequestException>(() => providers.Single(Channels.Push).SendAsync(Outgoing.Sms(1000), Cancel));
        await providers.Single(Channels.Push).SendAsync(Outgoing.Sms(1000), Cancel);

        Assert.Equal(["notification-1000", "notification-1000"], receiver.Received.Select(request => request.Headers["Idempotency-Key"]));
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("86400", 3600)]
    public async Task A_provider_that_says_when_it_may_be_asked_again_is_left_alone_for_as_long_an_hour_at_most(string retryAfter, int seconds)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(429, RetryAfter: retryAfter));
        using var providers = Providers(receiver, Channels.Push);

        var round = await providers.Router.DeliverAsync(Channels.Push, Outgoing.Sms(1000));

        Assert.Equal((DeliveryOutcome.Failed, TimeSpan.FromSeconds(seconds)), (round.Outcome, round.RetryAfter));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await HttpReceiver.StartAsync();
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(307, Location: elsewhere.Address));
        using var providers = Providers(receiver, Channels.Push);

        await Assert.ThrowsAsync<HttpRequestException>(() => providers.Single(Channels.Push).SendAsync(Outgoing.Sms(1000), Cancel));

        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_given_up_after_its_time()
    {
        var never = new TaskCompletionSource();
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(200, Until: never.Task));
        using var providers = Providers(receiver, Channels.Push);

        var delivery = providers.Router.DeliverAsync(Channels.Push, Outgoing.Sms(1000));
        await receiver.Asked;
        providers.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("No answer within 30 seconds.", Assert.Single((await delivery).Attempts).Error);
        never.SetResult();
    }

    [Fact]
    public async Task A_token_that_has_changed_is_used_at_once()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        using var providers = Providers(receiver, Channels.Push);
        await providers.Single(Channels.Push).SendAsync(Outgoing.Sms(1000), Cancel);

        await File.WriteAllTextAsync(providers.TokenFile, "changed", Cancel);
        await providers.Single(Channels.Push).SendAsync(Outgoing.Sms(1001), Cancel);

        Assert.Equal(["Bearer s3cret", "Bearer changed"], receiver.Received.Select(request => request.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("Notifications:Push:Providers:0:Kind", "twilio", "Kind must be http, not 'twilio'.")]
    [InlineData("Notifications:Push:Providers:0:Kind", "fax", "Kind must be http, not 'fax'.")]
    [InlineData("Notifications:Push:Providers:0:Url", "/send", "Url must be a whole URL")]
    [InlineData("Notifications:Push:Providers:0:Url", "ftp://push.example", "Url must be a whole URL")]
    [InlineData("Notifications:Push:Providers:0:Url", "https://me:me@push.example", "without a password in it")]
    [InlineData("Notifications:Push:Providers:0:TokenFile", "", "TokenFile must name the file")]
    [InlineData("Notifications:Push:Providers:0:MaxConnections", "0", "MaxConnections must be 1 at least.")]
    public void A_setting_that_cannot_be_used_is_a_start_error_that_names_it(string key, string value, string complaint)
    {
        (string Key, string Value)[] good = [("Notifications:Push:Providers:0:Url", "https://push.example/send"), ("Notifications:Push:Providers:0:TokenFile", "{token}")];
        (string Key, string Value)[] settings = [.. good.Where(setting => setting.Key != key), (key, value)];

        var error = Assert.Throws<InvalidOperationException>(() => new ConfiguredProviders(settings));

        Assert.Contains("Notifications:Push:Providers:0:", error.Message, StringComparison.Ordinal);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    private static ConfiguredProviders Providers(HttpReceiver receiver, string channel, params HttpReceiver[] next)
    {
        var section = channel == Channels.Sms ? "Notifications:Sms:Providers" : "Notifications:Push:Providers";
        return new([.. next.Prepend(receiver).SelectMany((one, i) => new[] { ($"{section}:{i}:Url", $"{one.Address}/send"), ($"{section}:{i}:TokenFile", "{token}") })]);
    }
}
