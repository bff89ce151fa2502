using System.Text;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Tests.Doubles;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Airliner.Notifications.Tests.Providers;

public sealed class TwilioProviderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("From", "+4700000000")]
    [InlineData("MessagingServiceSid", "MG1")]
    public async Task A_message_is_a_form_of_the_account(string sender, string value)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(201, """{"sid":"SM42","status":"queued"}"""));
        using var providers = Providers(receiver, (sender, value));

        var answer = await providers.Single(Channels.Sms).SendAsync(Outgoing.Sms(1000), Cancel);

        Assert.Equal("SM42", answer);
        var request = Assert.Single(receiver.Received);
        Assert.Equal("/2010-04-01/Accounts/AC1/Messages.json", request.Path);
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("AC1:s3cret"))}", request.Headers["Authorization"]);
        Assert.Equal("notification-1000", request.Headers["I-Twilio-Idempotency-Token"]);
        var form = QueryHelpers.ParseQuery(request.Body);
        Assert.Equal(("+4712345678", value, "Your task 7 failed.", 3), (form["To"].ToString(), form[sender].ToString(), form["Body"].ToString(), form.Count));
    }

    [Theory]
    [InlineData(21211)]
    [InlineData(21610)]
    [InlineData(21614)]
    public async Task A_number_that_cannot_get_it_is_refused_for_good(int code)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(400, $$"""{"code":{{code}},"message":"no","status":400}"""));
        using var providers = Providers(receiver, ("From", "+4700000000"));

        var refused = await Assert.ThrowsAsync<DeliveryRefusedException>(() => providers.Single(Channels.Sms).SendAsync(Outgoing.Sms(1000), Cancel));

        Assert.Contains($"{code}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"code":21606,"message":"The From number is not yours"}""")]
    [InlineData(400, "not JSON")]
    [InlineData(400, """["21211"]""")]
    [InlineData(401, """{"code":20003}""")]
    [InlineData(404, """{"code":20404}""")]
    [InlineData(429, """{"code":20429}""")]
    [InlineData(500, "")]
    public async Task What_is_of_the_account_or_of_the_moment_is_tried_again_under_the_same_key(int status, string body)
    {
        await using var receiver = await HttpReceiver.StartAsync(new PlannedAnswer(status, body));
        using var providers = Providers(receiver, ("From", "+4700000000"));

        await Assert.ThrowsAsync<HttpRequestException>(() => providers.Single(Channels.Sms).SendAsync(Outgoing.Sms(1000), Cancel));
        await providers.Single(Channels.Sms).SendAsync(Outgoing.Sms(1000), Cancel);

        Assert.Equal(["notification-1000", "notification-1000"], receiver.Received.Select(request => request.Headers["I-Twilio-Idempotency-Token"]));
    }

    [Theory]
    [InlineData(400, 21408)]
    [InlineData(403, 21408)]
    [InlineData(400, 21608)]
    [InlineData(400, 21612)]
    public async Task A_number_that_cannot_be_reached_now_closes_the_provider_to_no_other(int status, int code)
    {
        var refusal = new PlannedAnswer(status, $$"""{"code":{{code}},"message":"not there","status":{{status}}}""");
        await using var receiver = await HttpReceiver.StartAsync([.. Enumerable.Repeat(refusal, 20)]);
        using var providers = Providers(receiver, ("From", "+4700000000"));

        for (var i = 0; i < 20; i++)
        {
            var round = await providers.Router.DeliverAsync(Channels.Sms, Outgoing.Sms(1000));
            Assert.Equal(DeliveryOutcome.Failed, round.Outcome);
            Assert.Contains($"{code}", Assert.Single(round.Attempts).Error, StringComparison.Ordinal);
        }

        Assert.Equal(DeliveryOutcome.Sent, (await providers.Router.DeliverAsync(Channels.Sms, Outgoing.Sms(1001))).Outcome);
    }

    [Fact]
    public async Task A_provider_that_is_away_hands_over_to_the_next()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        await using var away = await HttpReceiver.StartAsync();
        var address = away.Address;
        await away.DisposeAsync();
        using var providers = new ConfiguredProviders(
            ("Notifications:Sms:Providers:0:Kind", "twilio"), ("Notifications:Sms:Providers:0:Url", address), ("Notifications:Sms:Providers:0:TokenFile", "{token}"),
            ("Notifications:Sms:Providers:0:AccountSid", "AC1"), ("Notifications:Sms:Providers:0:From", "+4700000000"),
            ("Notifications:Sms:Providers:1:Url", $"{receiver.Address}/send"), ("Notifications:Sms:Providers:1:TokenFile", "{token}"));

        var round = await providers.Router.DeliverAsync(Channels.Sms, Outgoing.Sms(1000));

        Assert.Equal(DeliveryOutcome.Sent, round.Outcome);
        Assert.Equal([$"twilio://{new Uri(address).Authority}", receiver.Address], round.Attempts.Select(attempt => attempt.Provider));
        Assert.Single(receiver.Received);
    }

    [Theory]
    [InlineData("AC1", null, null, "From or MessagingServiceSid")]
    [InlineData("AC1", "+47", "MG1", "From or MessagingServiceSid")]
    [InlineData("", "+47", null, "AccountSid")]
    public void An_account_or_sender_that_is_lacking_is_a_start_error(string account, string? from, string? service, string complaint)
    {
        const string Section = "Notifications:Sms:Providers:0";
        var error = Assert.Throws<InvalidOperationException>(() => new ConfiguredProviders(
            ($"{Section}:Kind", "twilio"), ($"{Section}:Url", "https://api.twilio.com"), ($"{Section}:TokenFile", "{token}"),
            ($"{Section}:AccountSid", account), ($"{Section}:From", from ?? ""), ($"{Section}:MessagingServiceSid", service ?? "")));

        Assert.Contains($"{Section}:{complaint}", error.Message, StringComparison.Ordinal);
    }

    private static ConfiguredProviders Providers(HttpReceiver receiver, (string Key, string Value) sender)
    {
        const string Section = "Notifications:Sms:Providers:0";
        return new(
            ($"{Section}:Kind", "twilio"), ($"{Section}:Url", receiver.Address), ($"{Section}:TokenFile", "{token}"), ($"{Section}:AccountSid", "AC1"),
            ($"{Section}:{sender.Key}", sender.Value));
    }
}
