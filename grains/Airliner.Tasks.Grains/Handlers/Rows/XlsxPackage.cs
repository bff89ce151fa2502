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

    // An entry takes 46 bytes and its name there, and some three hundred once it is read.
    private const long MaxDirectoryBytes = 4 << 20;

    // What describes sheets grows with their number and their styles, not with their rows; it is read into memory as a whole.
    private const long MaxDescriptionBytes = 1 << 24;

    // As Apache POI has it (ZipSecureFile): no honest part of some size shrinks to a hundredth.
    private const int MaxRatio = 100;
    private const long AnyRatioBelowBytes = 1 << 20;

    private static readonly XmlReaderSettings _xml = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true };

    private readonly ZipArchive _archive;
    private readonly string _member;
    private readonly RowOptions _limits;

    public XlsxPackage(Stream stream, string member, RowOptions limits)
    {
        (_member, _limits) = (member, limits);
        try
        {
            if (ZipDirectory.BytesOf(stream) is > MaxDirectoryBytes and var bytes)
                throw new TaskInputException($"{_member}: the list of the workbook's parts has {bytes} bytes, more than {MaxDirectoryBytes}");
            _archive = new ZipArchive(stream, ZipArchiveMode.Read);
            Check();
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
        return XmlReader.Create(new XlsxMarkup(wrap?.Invoke(part, entry.Length) ?? part, _limits.MaxRowBytes), _xml);
    }

    /// <summary>The XML of a part that describes others (the workbook, its styles, relationships), or null where there is no such part. It has a limit of its own.</summary>
    public XmlReader? OpenDescription(string path) => _archive.GetEntry(path) is not { Length: > MaxDescriptionBytes } entry ? Open(path)
        : throw new TaskInputException($"{_member}: the workbook's part {Shown(entry.FullName)} unpacks to {entry.Length} bytes, more than {MaxDescriptionBytes}");

    /// <summary>What a part refers to, by the last word of its kind (<c>worksheet</c>, <c>styles</c>) and by its id.</summary>
    public IReadOnlyList<XlsxRelationship> RelationshipsOf(string path)
    {
        var (folder, name) = (path[..(path.LastIndexOf('/') + 1)], path[(path.LastIndexOf('/') + 1)..]);
        using var xml = OpenDescription($"{folder}_rels/{name}.rels");
        var found = new List<XlsxRelationship>();
        while (xml?.Read() == true)
        {
            if (xml is not { NodeType: XmlNodeType.Element, LocalName: "Relationship" } || xml.GetAttribute("TargetMode") == "External")
                continue;
            var (id, type, target) = (xml.GetAttribute("Id"), xml.GetAttribute("Type"), xml.GetAttribute("Target"));
            if (id is null || type is null || target is null || !Uri.TryCreate(new Uri($"http://workbook/{folder}"), target, out var absolute))
                throw Malformed("a relationship without id, type or target");
            if (found.Count == MaxParts)
                throw Malformed($"a part with more than {MaxParts} relationships");
            found.Add(new(id, type[(type.LastIndexOf('/') + 1)..], absolute.AbsolutePath.TrimStart('/')));
        }

        return found;
    }

    public TaskInputException Malformed(string complaint) => new($"{_member}: the workbook (xlsx) is malformed: {complaint}");

    /// <summary>A name from the workbook, for messages, which are to stay short whatever it is.</summary>
    public static string Shown(string name) => name.Length <= 60 ? name : name[..60] + "…";

    public void Dispose() => _archive.Dispose();

    private void Check()
    {
        if (_archive.Entries.Count > MaxParts)
            throw new TaskInputException($"{_member}: the workbook has more than {MaxParts} parts");
        foreach (var entry in _archive.Entries)
        {
            if (entry.Length > _limits.MaxUnpackedBytes)
                throw new TaskInputException($"{_member}: the workbook's part {Shown(entry.FullName)} unpacks to {entry.Length} bytes, more than {_limits.MaxUnpackedBytes}");
            if (entry.Length > AnyRatioBelowBytes && entry.Length / MaxRatio > entry.CompressedLength)
                throw new TaskInputException($"{_member}: the workbook's part {Shown(entry.FullName)} unpacks to more than {MaxRatio} times its size, as no honest one does");
        }
    }
}

internal sealed record XlsxRelationship(string Id, string Type, string Target);
