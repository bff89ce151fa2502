using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Tests.Doubles;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Xunit;

namespace Airliner.Notifications.Tests.Mail;

public sealed class SmtpTransportTests : IAsyncLifetime
{
    private readonly SmtpServer _server = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SmtpTransport _transport;

    public SmtpTransportTests() =>
        _transport = new SmtpTransport(Options.Create(new SmtpOptions { Host = "127.0.0.1", Port = _server.Port, MaxConnections = 2 }), _time);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Mails_arrive_over_one_connection_that_is_used_again()
    {
        Assert.Contains("taken as 1", await SendAsync("first"), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(1));
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

        var refused = await Assert.ThrowsAsync<MailRefusedException>(() => SendAsync("refused"));
        await SendAsync("next");

        Assert.StartsWith(code, refused.Message, StringComparison.Ordinal);
        Assert.Equal("next", Assert.Single(_server.Taken).Subject);
        Assert.Equal(1, _server.Connections);
    }

    [Theory]
    [InlineData((int)SmtpBehaviour.DeferRecipient)]
    [InlineData((int)SmtpBehaviour.Drop)]
    [InlineData((int)SmtpBehaviour.RefuseService)]
    public async Task Whatever_else_goes_wrong_leaves_the_mail_to_be_tried_again(int behaviour)
    {
        _server.Plan((SmtpBehaviour)behaviour);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => SendAsync("later"));
        await SendAsync("later");

        Assert.IsNotType<MailRefusedException>(error);
        Assert.Equal("later", Assert.Single(_server.Taken).Subject);
    }

    [Fact]
    public async Task A_server_that_is_away_leaves_the_mail_to_be_tried_again()
    {
        await _server.DisposeAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => SendAsync("later"));

        Assert.IsNotType<MailRefusedException>(error);
    }

    private Task<string> SendAsync(string subject) => _transport.SendAsync(
        new MimeMessage
        {
            From = { MailboxAddress.Parse("airliner@example.org") },
            To = { MailboxAddress.Parse("ada@example.org") },
            Subject = subject,
            Body = new TextPart("plain") { Text = "text" },
        },
        TestContext.Current.CancellationToken);
}
