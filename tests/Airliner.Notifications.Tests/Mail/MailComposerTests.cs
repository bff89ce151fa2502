using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Tests.Doubles;
using Microsoft.Extensions.Options;
using MimeKit;
using Xunit;

namespace Airliner.Notifications.Tests.Mail;

public sealed class MailComposerTests
{
    [Fact]
    public async Task A_name_and_a_subject_with_line_ends_add_no_header()
    {
        var message = Outgoing.Composer.Compose(
            Outgoing.Mail(1000) with { Name = "Ada\r\nBcc: evil@example.org", Content = new("Hi\r\nX-Evil: 1\r\n\r\nbody", "text", "<p>html</p>") });

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
        var first = Outgoing.Composer.Compose(Outgoing.Mail(1000));
        var second = Outgoing.Composer.Compose(Outgoing.Mail(1000));

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
        Assert.Throws<DeliveryRefusedException>(() => Outgoing.Composer.Compose(Outgoing.Mail(1000) with { Address = address }));

    [Fact]
    public async Task A_mail_that_can_be_ended_says_how_by_one_click()
    {
        var link = new Uri($"https://airliner.example/api/v1/airliner/unsubscribe?token={new string('x', 300)}");

        var read = await RoundTripAsync(Outgoing.Composer.Compose(Outgoing.Mail(1000) with { Unsubscribe = link }));

        Assert.Equal($"<{link}>", read.Headers["List-Unsubscribe"]);
        Assert.Equal("List-Unsubscribe=One-Click", read.Headers["List-Unsubscribe-Post"]);
    }

    [Theory]
    [InlineData(NotificationCategories.Security, "https://airliner.example/unsubscribe")]
    [InlineData(NotificationCategories.Tasks, null)]
    public async Task A_mail_that_cannot_be_ended_says_nothing_of_it(string category, string? link)
    {
        var mail = Outgoing.Mail(1000) with { Category = category, Unsubscribe = link is null ? null : new Uri(link) };

        var read = await RoundTripAsync(Outgoing.Composer.Compose(mail));

        Assert.False(read.Headers.Contains("List-Unsubscribe"));
        Assert.False(read.Headers.Contains("List-Unsubscribe-Post"));
    }

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
