using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Microsoft.Extensions.Options;

namespace Airliner.Notifications.Tests.Doubles;

/// <summary>Notifications as providers get them.</summary>
internal static class Outgoing
{
    public static DateTimeOffset CreatedAt { get; } = new(2025, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static MailComposer Composer { get; } = new(Options.Create(new SmtpOptions { From = "Airliner <no-reply@airliner.example>" }));

    public static OutgoingNotification Mail(long id) => new(
        id, CreatedAt, 1001, "task_failed", NotificationCategories.Tasks, "ada@example.org", "Ada", new("Task 7 failed", "Your task 7 failed.", "<p>Your task 7 failed.</p>"))
    {
        Date = CreatedAt,
    };

    public static OutgoingNotification Sms(long id) => Mail(id) with { Address = "+4712345678", Content = new("Task 7 failed", "Your task 7 failed.") };
}
