using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Tests.Doubles;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Notifications.Tests.Mail;

public sealed class SmtpProviderTests : IAsyncLifetime
{
    private readonly SmtpServer _server = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SmtpProvider _provider;

    public SmtpProviderTests() =>
        _provider = new SmtpProvider(new SmtpServerOptions { Host = "127.0.0.1", Port = _server.Port, MaxConnections = 2 }, Outgoing.Composer, _time);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _provider.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Mails_arrive_over_one_connection_that_is_used_again()
    {
        Assert.Contains("taken as 1", await SendAsync("first"), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Contains("taken as 2", await SendAsync("second"), StringComparison.Ordinal);

        Assert.Equal(["first", "second"], _server.Taken.Select(mail => mail.Subject));
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task Many_mails_at_once_share_a_bounded_number_of_connections()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SendAsync($"mail {i}")));

        Assert.Equal(20, _server.Taken.Count);
        Assert.InRange(_server.Connections, 1, 2);
    }

    [Theory]
    [InlineData((int)SmtpBehaviour.RefuseRecipient, "550")]
    [InlineData((int)SmtpBehaviour.RefuseData, "554")]
    public async Task A_mail_that_the_server_refuses_is_refused_for_good_and_the_connection_serves_on(int behaviour, string code)
    {
        _server.Plan((SmtpBehaviour)behaviour);

        var refused = await Assert.ThrowsAsync<DeliveryRefusedException>(() => SendAsync("refused"));
        await SendAsync("next");

        Assert.StartsWith(code, refused.Message, StringComparison.Ordinal);
        Assert.Equal("next", Assert.Single(_server.Taken).Subject);
        Assert.Equal(1, _server.Connections);
    }

    [Theory]
    [InlineData((int)SmtpBehaviour.DeferRecipient)]
    [InlineData((int)SmtpBehaviour.Greylist)]
    [InlineData((int)SmtpBehaviour.DenyRelay)]
    [InlineData((int)SmtpBehaviour.RefuseSender)]
    [InlineData((int)SmtpBehaviour.AskForLogin)]
    [InlineData((int)SmtpBehaviour.Drop)]
    [InlineData((int)SmtpBehaviour.RefuseService)]
    public async Task Whatever_else_goes_wrong_leaves_the_mail_to_be_tried_again(int behaviour)
    {
        _server.Plan((SmtpBehaviour)behaviour);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => SendAsync("later"));
        await SendAsync("later");

        Assert.IsNotType<DeliveryRefusedException>(error);
        Assert.Equal("later", Assert.Single(_server.Taken).Subject);
    }

    [Fact]
    public async Task A_connection_that_has_died_in_silence_costs_five_seconds_and_no_mail()
    {
        await SendAsync("first");
        _time.Advance(TimeSpan.FromSeconds(30));
        _server.AnswersNoOp = false;

        var second = SendAsync("second");
        await _server.AskedNoOp;
        _time.Advance(TimeSpan.FromSeconds(5));
        await second.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["first", "second"], _server.Taken.Select(mail => mail.Subject));
        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task A_connection_that_was_idle_for_a_minute_is_used_no_more()
    {
        await SendAsync("first");
        _time.Advance(TimeSpan.FromMinutes(1));

        await SendAsync("second");

        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task A_server_that_is_away_leaves_the_mail_to_be_tried_again()
    {
        await _server.DisposeAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => SendAsync("later"));

        Assert.IsNotType<DeliveryRefusedException>(error);
    }

    private Task<string> SendAsync(string subject) => _provider.SendAsync(Outgoing.Mail(1000) with { Content = new(subject, "text") }, TestContext.Current.CancellationToken);
}
