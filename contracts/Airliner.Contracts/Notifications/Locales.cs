using System.Text.RegularExpressions;

namespace Airliner.Contracts.Notifications;

/// <summary>Locales, by their BCP 47 tags.</summary>
public static partial class Locales
{
    /// <summary>The one that every notification has templates for.</summary>
    public const string Default = "en";

    /// <summary>As long as a tag is (RFC 5646 §4.4.1).</summary>
    public const int MaxLength = 35;

    /// <summary>Whether the text is a tag of language, script, region and variants (RFC 5646 §2.1, without extensions), such as <c>de</c> or <c>de-AT</c>.</summary>
    public static bool IsTag(string text) => text is { Length: <= MaxLength } && Form().IsMatch(text);

    /// <summary>The tag, then ever less of it, then <see cref="Default"/> (RFC 4647 §3.4): <c>de-AT</c>, <c>de</c>, <c>en</c>.</summary>
    public static IEnumerable<string> Lookup(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        for (var end = tag.Length; end > 0; end = tag.LastIndexOf('-', end - 1))
            yield return tag[..end];
        yield return Default;
    }

    [GeneratedRegex(@"\A[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
