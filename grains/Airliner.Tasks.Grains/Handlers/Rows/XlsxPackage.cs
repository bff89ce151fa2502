using System.IO.Compression;
using System.Xml;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// The parts of a workbook (ECMA-376): a zip archive of XML. What unpacks to too much is refused before anything is unpacked; a part never gives more
/// than its entry declares, for .NET's archive reads no further.
/// </summary>
internal sealed class XlsxPackage : IDisposable
{
    private const int MaxParts = 10_000;

    // As Apache POI has it (ZipSecureFile): no honest part of some size shrinks to a hundredth.
    private const int MaxRatio = 100;
    private const long AnyRatioBelowBytes = 1 << 20;

    private static readonly XmlReaderSettings _xml = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true };

    private readonly ZipArchive _archive;
    private readonly string _member;

    public XlsxPackage(Stream stream, string member, RowOptions limits)
    {
        _member = member;
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read);
            Check(limits);
        }
        catch (InvalidDataException)
        {
            stream.Dispose();
            throw new TaskInputException($"{member}: not a workbook (xlsx)");
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The part's XML, or null where there is no such part.</summary>
    /// <param name="path">Its path in the archive.</param>
    /// <param name="wrap">Wraps the bytes, whose number is told.</param>
    public XmlReader? Open(string path, Func<Stream, long, Stream>? wrap = null)
    {
        if (_archive.GetEntry(path) is not { } entry)
            return null;
        var part = entry.Open();
        return XmlReader.Create(wrap?.Invoke(part, entry.Length) ?? part, _xml);
    }

    /// <summary>What a part refers to, by the last word of its kind (<c>worksheet</c>, <c>styles</c>) and by its id.</summary>
    public IReadOnlyList<XlsxRelationship> RelationshipsOf(string path)
    {
        var (folder, name) = (path[..(path.LastIndexOf('/') + 1)], path[(path.LastIndexOf('/') + 1)..]);
        using var xml = Open($"{folder}_rels/{name}.rels");
        var found = new List<XlsxRelationship>();
        while (xml?.Read() == true)
        {
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "Relationship" } || xml.GetAttribute("TargetMode") == "External")
                continue;
            var (id, type, target) = (xml.GetAttribute("Id"), xml.GetAttribute("Type"), xml.GetAttribute("Target"));
            if (id is null || type is null || target is null || !Uri.TryCreate(new Uri($"http://workbook/{folder}"), target, out var absolute))
                throw Malformed("a relationship without id, type or target");
            found.Add(new(id, type[(type.LastIndexOf('/') + 1)..], absolute.AbsolutePath.TrimStart('/')));
        }

        return found;
    }

    public TaskInputException Malformed(string complaint) => new($"{_member}: the workbook (xlsx) is malformed: {complaint}");

    public void Dispose() => _archive.Dispose();

    private void Check(RowOptions limits)
    {
        if (_archive.Entries.Count > MaxParts)
            throw new TaskInputException($"{_member}: the workbook has more than {MaxParts} parts");
        foreach (var entry in _archive.Entries)
        {
            if (entry.Length > limits.MaxUnpackedBytes)
                throw new TaskInputException($"{_member}: the workbook's part {Shown(entry)} unpacks to {entry.Length} bytes, more than {limits.MaxUnpackedBytes}");
            if (entry.Length > AnyRatioBelowBytes && entry.Length / MaxRatio > entry.CompressedLength)
                throw new TaskInputException($"{_member}: the workbook's part {Shown(entry)} unpacks to more than {MaxRatio} times its size, as no honest one does");
        }
    }

    private static string Shown(ZipArchiveEntry entry) => entry.FullName.Length <= 60 ? entry.FullName : entry.FullName[..60] + "…";
}

internal sealed record XlsxRelationship(string Id, string Type, string Target);
