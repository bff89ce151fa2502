using Airliner.Notifications.Grains.Mail;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Tests.Doubles;
using MimeKit;
using Xunit;

namespace Airliner.Notifications.Tests.Mail;

public sealed class PickupFolderTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"airliner-mail-{Guid.NewGuid():n}", "mail");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public async Task A_mail_is_one_file_and_a_repeat_replaces_it()
    {
        var pickup = Pickup();

        await pickup.SendAsync(Message("first"), TestContext.Current.CancellationToken);
        var answer = await pickup.SendAsync(Message("second"), TestContext.Current.CancellationToken);

        Assert.Equal("notification-1000.eml", answer);
        var file = Assert.Single(Directory.EnumerateFiles(_folder));
        var mail = await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal("second", mail.Subject);
        Assert.Equal("notification-1000@airliner.example", mail.MessageId);
    }

    [Fact]
    public async Task A_text_beyond_ASCII_is_encoded_for_whoever_takes_seven_bits()
    {
        await Pickup().SendAsync(Outgoing.Mail(1000) with { Content = new("Grüße", "Schöne Grüße …") }, TestContext.Current.CancellationToken);

        var file = Assert.Single(Directory.EnumerateFiles(_folder));
        Assert.DoesNotContain(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), one => one > 127);
        Assert.Equal("Schöne Grüße …", (await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken)).TextBody?.Trim());
    }

    [Fact]
    public async Task A_mail_that_cannot_be_written_leaves_nothing_behind()
    {
        var pickup = Pickup();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pickup.SendAsync(Message("never"), new CancellationToken(canceled: true)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task It_knows_its_mails_from_other_files_also_half_written_ones()
    {
        var pickup = Pickup();
        await pickup.SendAsync(Message("first"), TestContext.Current.CancellationToken);
        foreach (var name in new[] { $".notification-1001-{Guid.NewGuid():n}.tmp", "notification-x.eml", "notification-1002.eml.part", "readme.txt" })
            await File.WriteAllTextAsync(Path.Combine(_folder, name), "", TestContext.Current.CancellationToken);

        Assert.Equal([1000, 1001], pickup.Files().Select(file => file.NotificationId).Order());
    }

    [Fact]
    public void The_folder_that_it_makes_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no modes.");
            return;
        }

        _ = Pickup();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    private PickupFolder Pickup() => new(_folder, Outgoing.Composer);

    private static OutgoingNotification Message(string subject) => Outgoing.Mail(1000) with { Content = new(subject, "text") };
}
