using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Templates;
using Microsoft.Extensions.Options;
using MimeKit;
using Xunit;

namespace Airliner.Notifications.Tests.Mail;

public sealed class MailComposerTests
{
    private static readonly DateTimeOffset _date = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly MailComposer _composer = new(Options.Create(new SmtpOptions { From = "Airliner <no-reply@airliner.example>" }));

    [Fact]
    public async Task A_name_and_a_subject_with_line_ends_add_no_header()
    {
        var message = _composer.Compose(
            1000, _date, "Ada\r\nBcc: evil@example.org", "ada@example.org", new RenderedNotification("Hi\r\nX-Evil: 1\r\n\r\nbody", "text", "<p>html</p>"));

        var read = await RoundTripAsync(message);
        Assert.Empty(read.Bcc);
        Assert.False(read.Headers.Contains("X-Evil"));
        Assert.Equal("ada@example.org", Assert.IsType<MailboxAddress>(Assert.Single(read.To)).Address);
        Assert.Equal("text", read.TextBody?.Trim());
        Assert.Equal("<p>html</p>", read.HtmlBody?.Trim());
    }

    [Fact]
    public void A_repeat_has_the_same_message_id_and_date()
    {
        var mail = new RenderedNotification("Hi", "text", "<p>html</p>");

        var first = _composer.Compose(1000, _date, "Ada", "ada@example.org", mail);
        var second = _composer.Compose(1000, _date, "Ada", "ada@example.org", mail);

        Assert.Equal("notification-1000@airliner.example", first.MessageId);
        Assert.Equal(first.MessageId, second.MessageId);
        Assert.Equal(first.Date, second.Date);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("a@example.org, b@example.org")]
    [InlineData("a@example.org\r\nBcc: b@example.org")]
    public void An_address_that_is_none_is_refused_for_good(string address) =>
        Assert.Throws<MailRefusedException>(() => _composer.Compose(1000, _date, "Ada", address, new RenderedNotification("s", "t", "h")));

    [Fact]
    public void A_sender_that_is_no_address_is_a_start_error() =>
        Assert.Throws<FormatException>(() => new MailComposer(Options.Create(new SmtpOptions { From = "nobody" })));

    private static async Task<MimeMessage> RoundTripAsync(MimeMessage message)
    {
        using var stream = new MemoryStream();
        await message.WriteToAsync(stream);
        stream.Position = 0;
        return await MimeMessage.LoadAsync(stream);
    }
}
