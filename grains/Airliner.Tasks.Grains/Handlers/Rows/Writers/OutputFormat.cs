namespace Airliner.Tasks.Grains.Handlers.Rows.Writers;

/// <summary>A format of a file that is written.</summary>
/// <param name="Name">As parameters and results name it, and the ending of the file's name.</param>
internal sealed record OutputFormat(string Name, string ContentType)
{
    public static readonly OutputFormat Csv = new("csv", "text/csv");
    public static readonly OutputFormat JsonLines = new("jsonl", "application/jsonl");
    public static readonly OutputFormat Json = new("json", "application/json");
    public static readonly OutputFormat Html = new("html", "text/html");
    public static readonly OutputFormat Xlsx = new("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    public static readonly OutputFormat Parquet = new("parquet", "application/vnd.apache.parquet");

    /// <summary>These, by the words that a parameter may be.</summary>
    public static Dictionary<string, OutputFormat> Words(params IEnumerable<OutputFormat> formats) => formats.ToDictionary(format => format.Name, StringComparer.Ordinal);
}
