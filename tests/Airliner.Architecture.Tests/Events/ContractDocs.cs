using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Airliner.Architecture.Tests.Events;

/// <summary>What the contracts' XML comments say, as plain text.</summary>
internal static partial class ContractDocs
{
    private static readonly Dictionary<string, XElement> _types = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Airliner.Contracts.xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    /// <summary>A type's summary.</summary>
    public static string Summary(Type type) =>
        Text(Member(type)?.Element("summary")) ?? throw new InvalidOperationException($"{type} has no summary.");

    /// <summary>What a record says of one of its parameters, or else the record that it derives from.</summary>
    public static string? Parameter(Type type, string name)
    {
        for (var record = type; record is not null; record = record.BaseType)
        {
            if (Text(Member(record)?.Elements("param").FirstOrDefault(param => param.Attribute("name")?.Value == name)) is { } text)
                return text;
        }

        return null;
    }

    private static XElement? Member(Type type) => _types.GetValueOrDefault($"T:{type.FullName}");

    private static string? Text(XElement? element)
    {
        if (element is null)
            return null;
        var words = string.Concat(element.Nodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Value.Length: > 0 } inner => inner.Value,
            XElement reference => reference.Attribute("cref")?.Value.Split('.', ':')[^1],
            _ => "",
        }));
        return Whitespace().Replace(words, " ").Trim();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Whitespace();
}
