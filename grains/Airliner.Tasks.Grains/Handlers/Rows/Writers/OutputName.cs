namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>Names that a task gives what it writes.</summary>
internal static class OutputName
{
    private const int LongestFileName = 200;
    private const int LongestSheetName = 31;

    /// <summary>The file's name: what is asked for, or one by the task; with the format's ending.</summary>
    public static string File(JsonMember name, string otherwise, string ending)
    {
        var text = name.Exists ? name.Text() : otherwise;
        if (text.Trim().Length == 0 || text.Length > LongestFileName || text.Any(letter => letter is '/' or '\\' || char.IsControl(letter)) || text.StartsWith('.'))
            throw name.Wrong($"must have 1 to {LongestFileName} characters, no slashes or control characters, and no dot in front");
        return text.EndsWith("." + ending, StringComparison.OrdinalIgnoreCase) ? text : $"{text}.{ending}";
    }

    /// <summary>A sheet's name, as Excel allows them.</summary>
    public static string Sheet(JsonMember sheet)
    {
        if (!sheet.Exists)
            return "Sheet1";
        var text = sheet.Text();
        return text.Trim().Length > 0 && text.Length <= LongestSheetName && text.IndexOfAny(['[', ']', ':', '*', '?', '/', '\\']) < 0
            && !text.Any(char.IsControl) && !text.StartsWith('\'') && !text.EndsWith('\'')
                ? text
                : throw sheet.Wrong($"must have 1 to {LongestSheetName} characters, none of [ ] : * ? / \\, and no apostrophe at its ends");
    }
}
