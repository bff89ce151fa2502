using System.Text;
using System.Xml;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>What the rows of a sheet need of their workbook: where the sheet is, the texts that sheets share, and which styles are dates.</summary>
internal sealed class XlsxWorkbook
{
    /// <summary>The sheets' names that a message has.</summary>
    private const int MostNames = 50;

    private readonly XlsxPackage _package;
    private readonly string _member;
    private readonly IReadOnlyList<XlsxRelationship> _relationships;
    private readonly HeldBound _held;

    public XlsxWorkbook(XlsxPackage package, SourceParameter source, RowOptions limits)
    {
        (_package, _member) = (package, source.Member);
        _held = new HeldBound(limits, _member, "shared texts", "save the workbook as csv");
        var path = package.RelationshipsOf("").FirstOrDefault(relationship => relationship.Type == "officeDocument")?.Target ?? "xl/workbook.xml";
        _relationships = package.RelationshipsOf(path);
        Sheet = FindSheet(path, source.Sheet);
        Texts = ReadTexts();
        using var styles = PathOf("styles") is { } part ? package.OpenDescription(part) : null;
        Dates = new XlsxDates(styles, Uses1904);
    }

    /// <summary>The path of the sheet's part.</summary>
    public string Sheet { get; }

    /// <summary>Texts in UTF-8, by the number that cells give.</summary>
    public IReadOnlyList<byte[]> Texts { get; }

    public XlsxDates Dates { get; }

    /// <summary>Nobody asks for the texts any more.</summary>
    public void LetGo() => _held.LetGo();

    private bool Uses1904 { get; set; }

    private string FindSheet(string path, string? wanted)
    {
        using var xml = _package.OpenDescription(path) ?? throw new TaskInputException($"{_member}: not a workbook (xlsx)");
        var names = new List<string>();
        while (xml.Read())
        {
            if (xml is { NodeType: XmlNodeType.Element, LocalName: "workbookPr" })
                Uses1904 = xml.GetAttribute("date1904") is "1" or "true";
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "sheet" })
                continue;
            var name = xml.GetAttribute("name") ?? "";
            if (names.Count < MostNames)
                names.Add(XlsxPackage.Shown(name));
            if (wanted is not null && !name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                continue;
            var id = xml.GetAttribute("id", "http://schemas.openxmlformats.org/officeDocument/2006/relationships")
                ?? xml.GetAttribute("id", "http://purl.oclc.org/ooxml/officeDocument/relationships");
            return _relationships.FirstOrDefault(relationship => relationship.Id == id && relationship.Type == "worksheet")?.Target
                ?? throw _package.Malformed($"sheet '{XlsxPackage.Shown(name)}' has no rows of its own");
        }

        throw new TaskInputException(wanted is null
            ? $"{_member}: the workbook has no sheet"
            : $"{_member}.sheet: there is no sheet '{wanted}'; the sheets are {string.Join(", ", names)}");
    }

    private List<byte[]> ReadTexts()
    {
        var texts = new List<byte[]>();
        using var xml = PathOf("sharedStrings") is { } part ? _package.Open(part) : null;
        var more = xml?.Read() == true;
        while (more)
        {
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "si" })
            {
                more = xml!.Read();
                continue;
            }

            var text = Encoding.UTF8.GetBytes(XlsxText.Read(xml, $"{_member}, shared text {texts.Count}"));
            _held.Add(1, 40 + text.Length);
            texts.Add(text);
            more = xml.Read();
        }

        return texts;
    }

    private string? PathOf(string type) => _relationships.FirstOrDefault(relationship => relationship.Type == type)?.Target;
}
