using System.Globalization;
using System.Text.RegularExpressions;
using MimeKit;

namespace Airliner.Testing;

/// <summary>Reads the mails of the <see cref="RunningSystem"/>, as whoever gets them does.</summary>
public static partial class Mails
{
    /// <summary>Waits until an address has so many mails of a subject, and gives the text of the last one.</summary>
    /// <exception cref="TimeoutException">They were not there within a minute; the message has what came.</exception>
    public static async Task<string> MailAsync(this RunningSystem system, string address, string subject, int count = 1)
    {
        MimeMessage? wanted = null;
        await Eventually.Get(
            async () =>
            {
                var mails = await MailsAsync(system, address);
                wanted = mails.Where(mail => mail.Subject == subject).ElementAtOrDefault(count - 1);
                return string.Join(", ", mails.Select(mail => mail.Subject));
            },
            _ => wanted is not null,
            $"{address} has {count} mails '{subject}'");
        return wanted!.TextBody!;
    }

    /// <summary>The mails that an address has now, the oldest first.</summary>
    public static async Task<IReadOnlyList<MimeMessage>> MailsAsync(this RunningSystem system, string address)
    {
        var mails = new List<MimeMessage>();
        foreach (var file in Directory.EnumerateFiles(system.MailFolder, "*.eml").OrderBy(NumberOf))
        {
            if (await LoadAsync(file) is { } mail && mail.To.Mailboxes.Any(mailbox => mailbox.Address == address))
                mails.Add(mail);
        }

        return mails;
    }

    /// <summary>The one-time code in a mail's text.</summary>
    public static string CodeOf(string text) => Code().Match(text) is { Success: true } found ? found.Value : throw new InvalidOperationException($"No code in: {text}");

    private static async Task<MimeMessage?> LoadAsync(string file)
    {
        try
        {
            return await MimeMessage.LoadAsync(file);
        }
        catch (FileNotFoundException)
        {
            return null; // Erased since it was listed.
        }
    }

    private static long NumberOf(string file) => long.Parse(Path.GetFileNameWithoutExtension(file)["notification-".Length..], CultureInfo.InvariantCulture);

    [GeneratedRegex("[0-9A-Z]{5}(-[0-9A-Z]{5}){3}-[0-9A-Z]{6}")]
    private static partial Regex Code();
}
