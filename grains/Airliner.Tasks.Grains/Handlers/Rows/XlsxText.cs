using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Texts of a workbook (ECMA-376, ST_Xstring): what XML cannot hold, or would change, is written <c>_xHHHH_</c>.</summary>
internal static partial class XlsxText
{
    /// <summary>The most UTF-16 units of a cell's text: Excel's own limit.</summary>
    public const int MaxLength = 32_767;

    /// <summary>The text of a shared or inline string: its runs, without the hints on how to pronounce it.</summary>
    /// <param name="xml">Stands on the string's element, and then on its end.</param>
    /// <param name="place">Where it is, for messages.</param>
    public static string Read(XmlReader xml, string place)
    {
        var text = new StringBuilder();
        if (!xml.IsEmptyElement)
        {
            var depth = xml.Depth;
            xml.Read();
            while (xml.Depth > depth)
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "rPh" })
                    xml.Skip();
                else if (xml is { NodeType: XmlNodeType.Element, LocalName: "t" })
                    ReadContent(xml, text, place);
                else
                    xml.Read();
            }
        }

        return Unescaped(text.ToString());
    }

    /// <summary>Appends an element's characters, but no more than a cell can have, and goes past its end.</summary>
    public static void ReadContent(XmlReader xml, StringBuilder text, string place)
    {
        var chunk = new char[256];
        var (isEmpty, depth) = (xml.IsEmptyElement, xml.Depth);
        xml.Read();
        while (!isEmpty && xml.Depth > depth)
        {
            if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            {
                for (int read; (read = xml.ReadValueChunk(chunk, 0, chunk.Length)) > 0;)
                {
                    text.Append(chunk, 0, read);
                    // An escaped character takes seven.
                    if (text.Length > MaxLength * 7)
                        throw new TaskInputException($"{place}: the text is longer than {MaxLength} characters");
                }
            }

            xml.Read();
        }

        if (!isEmpty)
            xml.Read();
    }

    public static string Unescaped(string text) => text.Contains("_x", StringComparison.Ordinal)
        ? Escape().Replace(text, match => ((char)ushort.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString())
        : text;

    /// <summary>The text so that it comes back as it is: control characters, the carriage return that XML would drop, and what looks like an escape.</summary>
    public static string Escaped(string text) =>
        NeedsEscape().Replace(text, match => string.Create(CultureInfo.InvariantCulture, $"_x{(int)match.Value[0]:X4}_") + match.Value[1..]);

    [GeneratedRegex("_x([0-9A-Fa-f]{4})_")]
    private static partial Regex Escape();

    [GeneratedRegex("_(?=x[0-9A-Fa-f]{4}_)|[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]")]
    private static partial Regex NeedsEscape();
}
