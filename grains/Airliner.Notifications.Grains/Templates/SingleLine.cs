namespace Airliner.Notifications.Grains.Templates;

/// <summary>Text without line ends and other control characters.</summary>
internal static class SingleLine
{
    private static readonly char[] _unicodeLineEnds = ['\u2028', '\u2029'];

    /// <summary>The text with each control character and line end as a space, and none at its ends.</summary>
    public static string Of(string text) =>
        string.Create(text.Length, text, static (line, source) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = char.IsControl(source[i]) || _unicodeLineEnds.Contains(source[i]) ? ' ' : source[i];
        }).Trim();

    /// <summary>The same, cut to a length.</summary>
    public static string Of(string text, int maxLength)
    {
        var line = Of(text);
        if (line.Length <= maxLength)
            return line;
        // Half a surrogate pair would be no text.
        var length = char.IsHighSurrogate(line[maxLength - 2]) ? maxLength - 2 : maxLength - 1;
        return line[..length] + "…";
    }
}
