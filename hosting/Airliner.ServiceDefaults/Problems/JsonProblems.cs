using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>What a reader's exception means to a REST client: names the member of the body that is wrong where it is known.</summary>
internal static partial class JsonProblems
{
    public static ProblemDetails Of(JsonException error) => error switch
    {
        // The reader's own exception is the inner one where the text is no JSON at all; the path then tells only how far it got.
        { InnerException: JsonException } => NoJson(error),
        { Path: { } path } when path.Length > 2 => new HttpValidationProblemDetails(
            new Dictionary<string, string[]> { [path[2..]] = [$"cannot be read as {Wanted(error)}{Where(error)}."] })
        {
            Status = StatusCodes.Status400BadRequest,
            Detail = $"{path[2..]} cannot be read as {Wanted(error)}{Where(error)}.",
        },
        _ => NoJson(error),
    };

    /// <summary>What would be right, by the type that the reader's message names; ours are objects.</summary>
    private static string Wanted(JsonException error) => TypeName().Match(error.Message).Groups[1].Value switch
    {
        "System.String" => "a text",
        "System.Boolean" => "true or false",
        "System.Int16" or "System.Int32" or "System.Int64" => "a whole number in the range of its type",
        "System.Double" or "System.Decimal" => "a number",
        "System.DateTimeOffset" => "a time as in RFC 3339",
        var list when list.Contains("System.Collections.", StringComparison.Ordinal) || list.EndsWith("[]", StringComparison.Ordinal) => "a list",
        _ => "what belongs here",
    };

    [GeneratedRegex(@"converted to (?:System\.Nullable`1\[)?([\w.`\[\]]+?)\]?\. Path")]
    private static partial Regex TypeName();

    private static ProblemDetails NoJson(JsonException json) => new() { Status = StatusCodes.Status400BadRequest, Detail = $"The body is not a valid JSON object{Where(json)}." };

    private static string Where(JsonException json) => json.LineNumber is { } line ? $" (line {line + 1}, byte {json.BytePositionInLine + 1})" : "";
}
