using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>The documents that clients generate code from, against those that are checked in. <c>UPDATE_SNAPSHOTS=1</c> renews these.</summary>
public sealed class OpenApiTests(RunningSystem system)
{
    private static readonly string[] _gateways = ["Users", "Tasks", "Notifications", "Auth"];

    /// <summary>Routes that take bytes, which may be signed, or nothing.</summary>
    private static readonly string[] _bodiless = ["/files", "/logout", "/secret", "/redrive", "/unsubscribe", "/bounces/{provider}"];

    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<int> Gateways { get; } = [0, 1, 2, 3];

    [Theory]
    [MemberData(nameof(Gateways))]
    public async Task The_document_is_the_one_that_is_checked_in(int gateway)
    {
        var document = (await DocumentAsync(gateway)).ToJsonString(_json) + "\n";
        var snapshot = Path.Combine(Repository.Root, "gateways", $"Airliner.{_gateways[gateway]}.Gateway", "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(snapshot, document, TestContext.Current.CancellationToken);

        Assert.True(File.Exists(snapshot), $"{snapshot} is missing. UPDATE_SNAPSHOTS=1 writes it.");
        Assert.Equal(await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken), document);
    }

    [Theory]
    [MemberData(nameof(Gateways))]
    public async Task Every_operation_says_what_it_takes_and_answers(int gateway)
    {
        var document = await DocumentAsync(gateway);

        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var what = $"{method} {path}";
                var answers = operation!["responses"]!.AsObject();
                Assert.True(answers.Any(answer => answer.Key == "204" || path == "/oauth2/revoke" || (answer.Key.StartsWith('2') && answer.Value!["content"] is not null)), $"{what} answers nothing.");
                Assert.True(answers.Any(answer => answer.Key.StartsWith('4')) || answers.ContainsKey("503"), $"{what} never refuses.");
                Assert.True(method != "post" || _bodiless.Any(route => path.EndsWith(route, StringComparison.Ordinal)) || operation["requestBody"] is not null, $"{what} takes nothing.");
            }
        }
    }

    private async Task<JsonObject> DocumentAsync(int gateway)
    {
        using var answer = await system.Gateways[gateway].SendAsync(HttpMethod.Get, "/openapi/v1.json");
        await answer.JsonAsync();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
    }
}
