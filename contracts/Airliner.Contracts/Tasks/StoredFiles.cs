using System.Globalization;
using System.Text;

namespace Airliner.Contracts.Tasks;

/// <summary>What is kept of the name and type that somebody gave a file.</summary>
public static class StoredFiles
{
    public const string OctetStream = "application/octet-stream";

    /// <summary>UTF-16 units, which no multi-byte character is cut by.</summary>
    public const int LongestName = 255;

    private static readonly HashSet<string> _safeTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        "text/csv", "text/plain", "application/json", "application/jsonl", "application/x-ndjson", "image/png", "image/jpeg", "image/webp", "image/gif", "application/zip",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.apache.parquet",
    };

    /// <summary>Types that a browser shows or stores, and never runs.</summary>
    public static IReadOnlySet<string> SafeTypes => _safeTypes;

    /// <summary>The media type where it is a safe one, else that of any bytes.</summary>
    public static string TypeOf(string? mediaType) => mediaType is not null && _safeTypes.TryGetValue(mediaType, out var safe) ? safe : OctetStream;

    /// <summary>The last part of the name that was given, without what cannot be seen or turns the text around; <c>file</c> where nothing is left.</summary>
    public static string NameOf(string? given)
    {
        given ??= "";
        var name = new StringBuilder();
        foreach (var rune in given[(given.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
        {
            if (name.Length + rune.Utf16SequenceLength > LongestName)
                break;
            if (!Rune.IsControl(rune) && !TurnsTextAround(rune))
                name.Append(rune.ToString());
        }

        return name.ToString().Trim() is { Length: > 0 } text && text is not ("." or "..") ? text : "file";
    }

    /// <summary>Marks that make <c>exe.txt</c> of <c>txt.exe</c> on the screen (UAX #9).</summary>
    private static bool TurnsTextAround(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && rune.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
