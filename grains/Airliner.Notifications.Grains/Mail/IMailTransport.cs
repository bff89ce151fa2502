using MimeKit;

namespace Airliner.Notifications.Grains.Mail;

/// <summary>Hands mails to whoever carries them on.</summary>
internal interface IMailTransport
{
    /// <summary>What it is, as a delivery attempt tells, for example <c>smtp://mail:1025</c>.</summary>
    string Name { get; }

    /// <summary>Hands the mail over; ends when it was taken.</summary>
    /// <returns>What the provider answered.</returns>
    /// <exception cref="MailRefusedException">The mail will never be taken. Every other exception means: try again later.</exception>
    Task<string> SendAsync(MimeMessage message, CancellationToken cancellationToken);

    /// <summary>Removes what is still here of a notification's mail. What was handed over is beyond reach.</summary>
    Task RemoveAsync(long notificationId);
}

/// <summary>A mail that will never be taken, however often it is tried.</summary>
internal sealed class MailRefusedException(string message, Exception? innerException = null) : Exception(message, innerException);
