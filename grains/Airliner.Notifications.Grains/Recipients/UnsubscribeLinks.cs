using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>
/// Makes and reads the links that end a user's mails of a category (RFC 8058). A link holds for ever, for a mail may be opened after years, and needs no
/// login: whoever has it can end these mails, and do nothing else.
/// </summary>
internal sealed class UnsubscribeLinks
{
    private const string Path = "/api/v1/airliner/unsubscribe?token=";
    private const int LongestToken = 100;

    private readonly byte[] _key;
    private readonly string? _base;

    /// <param name="key">Signs the links; with another one, those that were mailed end nothing.</param>
    /// <param name="publicUrl">Where clients reach the system; without it there are no links.</param>
    /// <exception cref="FormatException">It is no http or https address, or one with a query or a fragment.</exception>
    public UnsubscribeLinks(byte[] key, string? publicUrl)
    {
        _key = key;
        if (string.IsNullOrEmpty(publicUrl))
            return;
        if (!Uri.TryCreate(publicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length + url.Fragment.Length > 0)
            throw new FormatException($"AIRLINER_PUBLIC_URL, '{publicUrl}', is not an address like https://airliner.example.");
        _base = url.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The link; null where there are none, or none for the category.</summary>
    public Uri? For(long userId, string category) => _base is not null && IsEndable(category) ? new Uri($"{_base}{Path}{TokenOf(userId, category)}") : null;

    /// <summary>Reads a link's token.</summary>
    /// <returns>Whether it is one that was given out.</returns>
    public bool TryRead(string token, out long userId, [NotNullWhen(true)] out string? category)
    {
        (userId, category) = (0, null);
        if (token.Length > LongestToken || token.Split('.') is not [var user, var about, _]
            || !long.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out userId) || !IsEndable(about)
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(TokenOf(userId, about))))
            return false;
        category = about;
        return true;
    }

    private static bool IsEndable(string category) => category is NotificationCategories.Account or NotificationCategories.Tasks;

    private string TokenOf(long userId, string category)
    {
        var subject = string.Create(CultureInfo.InvariantCulture, $"{userId}.{category}");
        return $"{subject}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(subject)))}";
    }
}
