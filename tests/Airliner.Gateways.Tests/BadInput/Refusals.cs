using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.BadInput;

/// <summary>Sends what must be refused, and tells at the end of all that was not, or not well.</summary>
internal sealed class Refusals(RunningSystem system) : IAsyncDisposable
{
    private readonly StringBuilder _wrong = new();
    private string?[]? _tokens;
    private int _cases;

    /// <summary>Sends a request, which must be answered with a problem of this status.</summary>
    /// <param name="what">What is wrong with it, for people.</param>
    /// <param name="member">What the problem's <c>errors</c> must name, and nothing else.</param>
    public async Task ExpectAsync(int status, Operation operation, BadInputRow row, string path, HttpContent? body, string what, string? member = null)
    {
        _tokens ??= await CallerTokens.OfEachKindAsync(system, await system.NewUserAsync());
        using var request = new HttpRequestMessage(operation.Method, path) { Content = body };
        request.Headers.ExpectContinue = body is UnreadContent;
        if (_tokens[(int)row.Caller] is { } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await system.Gateways[operation.Gateway].Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        _cases++;
        if ((int)answer.StatusCode != status)
            Tell($"{(int)answer.StatusCode} instead of {status}");
        else if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            Tell($"{answer.Content.Headers.ContentType}");
        else if (member is not null && !Names(JsonElement.Parse(text), member))
            Tell($"not naming {member} alone");

        void Tell(string how) => _wrong.AppendLine($"{operation.Method} {path[..Math.Min(100, path.Length)]}, {what[..Math.Min(100, what.Length)]}: {how}: {text}");
    }

    public ValueTask DisposeAsync()
    {
        Assert.True(_wrong.Length == 0, _wrong.ToString());
        Assert.True(_cases > 0, "Nothing was sent.");
        return ValueTask.CompletedTask;
    }

    private static bool Names(JsonElement problem, string member) =>
        problem.TryGetProperty("errors", out var errors) && errors.EnumerateObject().Any()
        && errors.EnumerateObject().All(error => error.Name == member || error.Name.StartsWith($"{member}[", StringComparison.Ordinal));
}
