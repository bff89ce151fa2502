using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Dates of a workbook: numbers of days, which only their style tells from other numbers (ECMA-376, 18.8.30 and 18.17.4).</summary>
internal sealed partial class XlsxDates
{
    /// <summary>The most characters of a format: Excel's own limit. To search a long one for what it quotes can take the square of its length.</summary>
    private const int LongestCode = 255;

    private readonly List<bool> _isDate = [];
    private readonly bool _uses1904;

    public XlsxDates(XmlReader? styles, bool uses1904)
    {
        _uses1904 = uses1904;
        var formats = new Dictionary<int, bool>();
        var inCells = false;
        while (styles?.Read() == true)
        {
            if (styles.LocalName == "cellXfs")
                inCells = styles.NodeType is XmlNodeType.Element && !styles.IsEmptyElement;
            if (styles.NodeType is not XmlNodeType.Element || !int.TryParse(styles.GetAttribute("numFmtId"), CultureInfo.InvariantCulture, out var id))
                continue;
            if (styles.LocalName == "numFmt")
                formats[id] = HasDateParts(styles.GetAttribute("formatCode") ?? "");
            else if (styles.LocalName == "xf" && inCells)
                _isDate.Add(formats.TryGetValue(id, out var isDate) ? isDate : id is (>= 14 and <= 22) or (>= 27 and <= 36) or (>= 45 and <= 47) or (>= 50 and <= 58));
        }
    }

    public bool Is(int style) => style >= 0 && style < _isDate.Count && _isDate[style];

    /// <summary>A date, a time of day, or both, as ISO 8601 has them; null where the number is none.</summary>
    public string? Format(double days)
    {
        if (days is < 0 or >= 2_958_466)
            return null;
        if (days < 1 && !_uses1904)
            return Time(TimeOnly.FromTimeSpan(Rounded(days % 1)));
        // The first of March 1900 is day 61: Excel counts a day of February that there was not.
        var moment = new DateTime(1899, 12, 30).AddDays(Math.Floor(days) + (_uses1904 ? 1462 : days < 60 ? 1 : 0)) + Rounded(days - Math.Floor(days));
        var date = moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return moment.TimeOfDay == TimeSpan.Zero ? date : $"{date}T{Time(TimeOnly.FromDateTime(moment))}";
    }

    // A double of days is good for milliseconds, and its last digits are noise.
    private static TimeSpan Rounded(double days) => TimeSpan.FromMilliseconds(Math.Min(Math.Round(days * 86_400_000), 86_399_999));

    private static string Time(TimeOnly time) => time.ToString(time.Millisecond == 0 ? "HH:mm:ss" : "HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static bool HasDateParts(string code) => code.Length <= LongestCode && DatePart().IsMatch(Literal().Replace(code, ""));

    // Quoted text, an escaped character, and what stands in brackets, but for hours that run on: [h].
    [GeneratedRegex("""("[^"]*")|(\\.)|(_.)|(\*.)|\[(?![hms]+\])[^\]]*\]""", RegexOptions.IgnoreCase)]
    private static partial Regex Literal();

    [GeneratedRegex("[ymdhs]", RegexOptions.IgnoreCase)]
    private static partial Regex DatePart();
}
