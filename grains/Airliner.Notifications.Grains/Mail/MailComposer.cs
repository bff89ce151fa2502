using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Templates;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Airliner.Notifications.Grains.Mail;

/// <summary>Makes the mail of a notification. A repeat has the same <c>Message-Id</c>, by which receivers tell that it is one; after a redrive it is another.</summary>
internal sealed class MailComposer
{
    private readonly MailboxAddress _from;

    /// <exception cref="FormatException">The sender of the options is not an address.</exception>
    public MailComposer(IOptions<SmtpOptions> options)
    {
        if (!MailboxAddress.TryParse(options.Value.From, out _from!) || _from.Domain.Length == 0)
            throw new FormatException($"{SmtpOptions.Section}:From, '{options.Value.From}', is not a mail address.");
    }

    /// <summary>The sender's domain, and that of message ids.</summary>
    public string Domain => _from.Domain;

    /// <exception cref="DeliveryRefusedException">The recipient is not an address.</exception>
    public MimeMessage Compose(OutgoingNotification notification)
    {
        if (!MailboxAddress.TryParse(notification.Address, out var parsed) || parsed.Domain.Length == 0)
            throw new DeliveryRefusedException("The recipient's address is not valid.");

        // The rendered parts and the name may hold what users typed: no header gets a line of its own from them.
        var message = new MimeMessage
        {
            MessageId = $"{notification.IdempotencyKey}@{Domain}",
            From = { _from },
            To = { new MailboxAddress(SingleLine.Of(notification.Name), parsed.Address) },
            Subject = SingleLine.Of(notification.Content.Subject),
            Date = notification.Date,
            // RFC 3834: keeps absence notes from answering.
            Headers = { { "Auto-Submitted", "auto-generated" } },
            Body = new BodyBuilder { TextBody = notification.Content.Text, HtmlBody = notification.Content.Html }.ToMessageBody(),
        };
        if (notification.Unsubscribe is { } unsubscribe && notification.Category != NotificationCategories.Security)
            AddUnsubscribe(message.Headers, unsubscribe);
        return message;
    }

    /// <summary>RFC 2369, and for mail programs that end mails by one click RFC 8058, which asks for https.</summary>
    private static void AddUnsubscribe(HeaderList headers, Uri link)
    {
        headers.Add(HeaderId.ListUnsubscribe, $"<{link.AbsoluteUri}>");
        if (link.Scheme == Uri.UriSchemeHttps)
            headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
    }
}
