using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Airliner.ServiceDefaults.Problems;

/// <summary>What a reader's exception means to a REST client: names the member of the body that is wrong where it is known.</summary>
internal static class JsonProblems
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

    /// <summary>What would be right. The reader's messages tell it, and nothing else does.</summary>
    private static string Wanted(JsonException error) => (error.InnerException ?? error).Message switch
    {
        var text when Says(text, "DateTimeOffset") => "a time as in RFC 3339",
        var text when Says(text, "Int32") => $"a whole number up to {int.MaxValue}",
        var text when Says(text, "Int64") => $"a whole number up to {long.MaxValue}",
        var text when Says(text, "as a number") => "a number",
        var text when Says(text, "as a boolean") => "true or false",
        var text when Says(text, "UTF-") => "a text of whole Unicode characters",
        var text when Says(text, "as a string") => "a text",
        var text when Says(text, "System.Collections.") => "a list",
        _ when error.InnerException is null => "an object",
        _ => "what belongs there",
    };

    private static bool Says(string message, string what) => message.Contains(what, StringComparison.Ordinal);

    private static ProblemDetails NoJson(JsonException json) => new() { Status = StatusCodes.Status400BadRequest, Detail = $"The body is not a valid JSON object{Where(json)}." };

    private static string Where(JsonException json) => json.LineNumber is { } line ? $" (line {line + 1}, byte {json.BytePositionInLine + 1})" : "";
}
