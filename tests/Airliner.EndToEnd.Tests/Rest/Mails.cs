using MimeKit;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>The mails of a pickup folder.</summary>
internal static class Mails
{
    /// <summary>Whether it is the mail that greets a new user; another has the code that verifies the address.</summary>
    public static bool IsWelcome(string subject) => subject.StartsWith("Welcome to Airliner", StringComparison.Ordinal);

    /// <summary>The subjects of all that went to an address.</summary>
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
