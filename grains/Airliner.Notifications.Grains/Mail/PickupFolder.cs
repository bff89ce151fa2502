using System.Globalization;
using System.Text.RegularExpressions;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using MimeKit;

namespace Airliner.Notifications.Grains.Mail;

/// <summary>
/// Writes mails as <c>notification-&lt;id&gt;.eml</c> files for something else to carry on, or for a developer to read. A repeat replaces its file, and a
/// reader never finds half of one.
/// </summary>
internal sealed partial class PickupFolder : IChannelProvider
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder;
    private readonly MailComposer _composer;

    public PickupFolder(string folder, MailComposer composer)
    {
        _composer = composer;
        _folder = Path.GetFullPath(folder);
        // Mails hold names, addresses and codes. A folder that is there already stays as its owner made it.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else
            Directory.CreateDirectory(_folder, OwnerOnly);
    }

    public string Channel => Channels.Email;

    public string Name => "folder";

    public async Task<string> SendAsync(OutgoingNotification notification, CancellationToken cancellationToken)
    {
        using var message = _composer.Compose(notification);
        // As a mail server would have it of a client: whoever carries the folder on may take seven bits alone.
        message.Prepare(EncodingConstraint.SevenBit);
        var name = OutgoingNotification.NameOf(notification.Id);
        var file = Path.Combine(_folder, name + ".eml");
        var unfinished = Path.Combine(_folder, $".{name}-{Guid.NewGuid():n}.tmp");
        try
        {
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write))
            {
                await message.WriteToAsync(stream, cancellationToken);
                // A mail that is recorded as sent must outlive a power cut.
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }

        return Path.GetFileName(file);
    }

    /// <summary>The paths of its mails, and of what a crash has left of one, each with its notification.</summary>
    public IEnumerable<(long NotificationId, string Path)> Files() =>
        from file in Directory.EnumerateFiles(_folder)
        let name = OwnName().Match(Path.GetFileName(file))
        where name.Success
        select (long.Parse(name.Groups["id"].ValueSpan, CultureInfo.InvariantCulture), file);

    public Task RemoveAsync(long notificationId)
    {
        var name = OutgoingNotification.NameOf(notificationId);
        File.Delete(Path.Combine(_folder, name + ".eml"));
        // What a crash has left half written.
        foreach (var unfinished in Directory.EnumerateFiles(_folder, $".{name}-*.tmp"))
            File.Delete(unfinished);
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"\A(notification-(?<id>\d{1,18})\.eml|\.notification-(?<id>\d{1,18})-[0-9a-f]{32}\.tmp)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OwnName();
}
