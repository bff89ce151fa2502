using System.Net;
using System.Text.Json;
using Xunit;

namespace Airliner.Testing;

/// <summary>Reads answers, and insists on what every one of its kind has.</summary>
public static class ProblemAnswer
{
    /// <summary>The JSON body of an answer of this status.</summary>
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode} instead of {(int)status}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>The body of an error answer, after checking the members that every one has.</summary>
    /// <param name="error">The code in the member <c>error</c>.</param>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, HttpStatusCode status, string error)
    {
        var problem = await answer.JsonAsync(status);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.Equal(error, problem.GetProperty("error").GetString());
        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("message").GetString());
        Assert.Equal(answer.RequestMessage!.RequestUri!.AbsolutePath, problem.GetProperty("instance").GetString());
        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
        Assert.NotEmpty(problem.GetProperty("type").GetString()!);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem;
    }

    /// <summary>Insists on a 400 whose <c>errors</c> name <paramref name="field"/> alone.</summary>
    public static async Task InvalidAsync(this HttpResponseMessage answer, string field)
    {
        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.True(problem.TryGetProperty("errors", out var errors), problem.ToString());
        Assert.Equal([field], errors.EnumerateObject().Select(member => member.Name));
        Assert.NotEmpty(errors.GetProperty(field)[0].GetString()!);
    }
}
