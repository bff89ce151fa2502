using MimeKit;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>The mails of a pickup folder.</summary>
internal static class Mails
{
    /// <summary>All that went to an address.</summary>
    public static async Task<List<string>> SubjectsAsync(string folder, string address)
    {
        var subjects = new List<string>();
        if (!Directory.Exists(folder))
            return subjects;
        foreach (var file in Directory.EnumerateFiles(folder, "*.eml"))
        {
            using var mail = await MimeMessage.LoadAsync(file);
            if (mail.To.Mailboxes.Any(mailbox => mailbox.Address == address))
                subjects.Add(mail.Subject ?? "");
        }

        return subjects;
    }
}
