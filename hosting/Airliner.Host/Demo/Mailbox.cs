using System.Text.Json;
using Airliner.Host.Embedded;
using MimeKit;

namespace Airliner.Host.Demo;

/// <summary>Where delivered mail can be seen: the pickup folder of the embedded system, or MailDev's page in compose.</summary>
internal static class Mailbox
{
    private static readonly Uri _mailDev = new("http://127.0.0.1:1080/email");
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>The mail that greets that address; the one with the code to verify it is the user's business.</summary>
    /// <param name="folder">The pickup folder; null to look at MailDev's page, and in the default data folder where there is none.</param>
    /// <exception cref="DemoException">None arrived in half a minute.</exception>
    public static async Task<ReceivedMail> WaitForAsync(string? folder, string address)
    {
        folder ??= Path.Combine(EmbeddedSettings.DefaultDataFolder, "mail");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < _patience)
        {
            if (await FindInFolderAsync(folder, address) is { } picked)
                return picked;
            if (await FindInMailDevAsync(http, address) is { } received)
                return received;
            await Task.Delay(200);
        }

        throw new DemoException($"No mail to {address} arrived, neither in {folder} nor at {_mailDev}.");
    }

    private static bool IsWelcome(string? subject) => subject?.StartsWith("Welcome", StringComparison.Ordinal) == true;

    private static async Task<ReceivedMail?> FindInFolderAsync(string folder, string address)
    {
        if (!Directory.Exists(folder))
            return null;
        foreach (var file in Directory.EnumerateFiles(folder, "*.eml"))
        {
            using var mail = await MimeMessage.LoadAsync(file);
            if (IsWelcome(mail.Subject) && mail.To.Mailboxes.Any(mailbox => mailbox.Address == address))
                return new ReceivedMail(address, mail.Subject ?? "", mail.TextBody ?? "");
        }

        return null;
    }

    private static async Task<ReceivedMail?> FindInMailDevAsync(HttpClient http, string address)
    {
        try
        {
            var mails = await http.GetFromJsonAsync<JsonElement>(_mailDev);
            foreach (var mail in mails.EnumerateArray())
            {
                if (IsWelcome(mail.GetProperty("subject").GetString()) && mail.GetProperty("to").EnumerateArray().Any(to => to.GetProperty("address").GetString() == address))
                    return new ReceivedMail(address, mail.GetProperty("subject").GetString() ?? "", mail.GetProperty("text").GetString() ?? "");
            }
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            // No MailDev here, or not yet.
        }

        return null;
    }
}

/// <summary>A mail that arrived.</summary>
internal sealed record ReceivedMail(string To, string Subject, string Text);
