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
            new Dictionary<string, string[]> { [path[2..]] = [$"has the wrong type{Where(error)}."] })
        {
            Status = StatusCodes.Status400BadRequest,
            Detail = $"{path[2..]} has the wrong type{Where(error)}.",
        },
        _ => NoJson(error),
    };

    private static ProblemDetails NoJson(JsonException json) => new() { Status = StatusCodes.Status400BadRequest, Detail = $"The body is not a valid JSON object{Where(json)}." };

    private static string Where(JsonException json) => json.LineNumber is { } line ? $" (line {line + 1}, byte {json.BytePositionInLine + 1})" : "";
}
