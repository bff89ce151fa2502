using System.Text;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Where rows come from: either text of a known format, or a file whose format may be named.</summary>
/// <param name="Member">The path of the parameter, for messages.</param>
/// <param name="Sheet">The sheet of a workbook; null its first.</param>
internal sealed record SourceParameter(string Member, byte[]? Text, long? FileId, SourceFormat? Format, string? Sheet)
{
    private static readonly Dictionary<string, SourceFormat> _formats = new(StringComparer.Ordinal)
    {
        ["csv"] = SourceFormat.Csv,
        ["jsonl"] = SourceFormat.JsonLines,
        ["xlsx"] = SourceFormat.Xlsx,
        ["parquet"] = SourceFormat.Parquet,
    };

    public static SourceParameter Parse(JsonMember source)
    {
        if (!source.Exists)
            throw source.Wrong("is required");
        var (csv, jsonLines, fileId) = (source.Member("csv"), source.Member("jsonl"), source.Member("fileId"));
        if ((csv.Exists ? 1 : 0) + (jsonLines.Exists ? 1 : 0) + (fileId.Exists ? 1 : 0) != 1)
            throw source.Wrong("must have exactly one of csv, jsonl, fileId");

        if (csv.Exists)
            return new(source.Path, Encoding.UTF8.GetBytes(csv.Text()), null, SourceFormat.Csv, null);
        if (jsonLines.Exists)
            return new(source.Path, Encoding.UTF8.GetBytes(jsonLines.Text()), null, SourceFormat.JsonLines, null);
        var (format, sheet) = (source.Member("format"), source.Member("sheet"));
        return new(source.Path, null, fileId.WholeNumber(), format.Exists ? format.OneOf(_formats) : null, sheet.Exists ? sheet.Text() : null);
    }
}

internal enum SourceFormat
{
    Csv,
    JsonLines,
    Xlsx,
    Parquet,
}
