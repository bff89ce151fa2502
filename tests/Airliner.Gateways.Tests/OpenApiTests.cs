using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>The documents that clients generate code from, against those that are checked in. <c>UPDATE_SNAPSHOTS=1</c> renews these.</summary>
public sealed class OpenApiTests(RunningSystem system)
{
    private static readonly string[] _gateways = ["Users", "Tasks", "Notifications", "Auth"];

    /// <summary>Routes that take nothing.</summary>
    private static readonly string[] _bodiless = ["/logout", "/secret", "/redrive", "/unsubscribe"];

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

        foreach (var (what, operation) in Operations(document))
        {
            var (method, path) = (what.Split(' ')[0], what.Split(' ')[1]);
            var answers = operation["responses"]!.AsObject();
            Assert.True(answers.Any(answer => answer.Key == "204" || path == "/oauth2/revoke" || (answer.Key.StartsWith('2') && answer.Value!["content"] is not null)), $"{what} answers nothing.");
            Assert.True(answers.Any(answer => answer.Key.StartsWith('4')) || answers.ContainsKey("503"), $"{what} never refuses.");
            Assert.True(method != "POST" || _bodiless.Any(route => path.EndsWith(route, StringComparison.Ordinal)) || operation["requestBody"] is not null, $"{what} takes nothing.");
        }
    }

    [Theory]
    [MemberData(nameof(Gateways))]
    public async Task Every_list_says_how_it_is_paged_and_of_what_its_items_are(int gateway)
    {
        var document = await DocumentAsync(gateway);

        var schemas = document["components"]!["schemas"]!.AsObject();
        var lists = schemas.Where(schema => schema.Value!["properties"]?["pagination"] is not null).Select(schema => $"#/components/schemas/{schema.Key}").ToHashSet();
        Assert.All(Operations(document), operation =>
        {
            var answer = operation.Value["responses"]!["200"]?["content"]?["application/json"]?["schema"]?["$ref"]?.GetValue<string>();
            var taken = operation.Value["parameters"]?.AsArray().Select(parameter => parameter!["name"]?.GetValue<string>()).ToArray() ?? [];
            Assert.True(answer is null || !lists.Contains(answer) || taken.Contains("cursor"), $"{operation.Key} does not say how it is paged.");
        });
        var arrays = schemas.SelectMany(schema => schema.Value!["properties"]?.AsObject().Select(member => ($"{schema.Key}.{member.Key}", member.Value!)) ?? [])
            .Where(member => member.Item2["type"]?.ToJsonString().Contains("array", StringComparison.Ordinal) == true);
        Assert.All(arrays, member => Assert.True(member.Item2["items"] is not null, $"{member.Item1} does not say of what."));
    }

    [Theory]
    [MemberData(nameof(Gateways))]
    public async Task What_a_query_is_said_to_take_is_read(int gateway)
    {
        foreach (var (what, operation) in Operations(await DocumentAsync(gateway)).Where(operation => operation.Value["parameters"] is not null))
        {
            var judged = operation["parameters"]!.AsArray()
                .Where(parameter => parameter!["in"]?.GetValue<string>() == "query" && IsJudged(parameter["schema"]!.AsObject()))
                .Select(parameter => parameter!["name"]!.GetValue<string>()).ToArray();
            if (judged.Length == 0)
                continue;
            var (method, path) = (what.Split(' ')[0], what.Split(' ')[1].Replace("{id}", "1", StringComparison.Ordinal));
            using var answer = await system.Gateways[gateway].SendAsync(
                new HttpMethod(method), $"{path}?{string.Join('&', judged.Select(name => $"{name}=~"))}", await system.AdminTokenAsync());
            var errors = (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("errors");
            Assert.Equal(judged.Order(StringComparer.Ordinal), errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal));
        }

        static bool IsJudged(JsonObject schema) => schema.ContainsKey("enum") || schema.ContainsKey("format");
    }

    [Fact]
    public async Task What_routes_read_and_answer_beside_their_members_is_described()
    {
        var (users, tasks, notifications, auth) = (await DocumentAsync(0), await DocumentAsync(1), await DocumentAsync(2), await DocumentAsync(3));

        Assert.Contains("If-Match", Headers(users, "PATCH /api/v1/airliner/users/{id}"));
        foreach (var route in new[] { "GET /api/v1/airliner/users/{id}", "PATCH /api/v1/airliner/users/{id}", "PUT /api/v1/airliner/users/{id}/roles" })
            Assert.NotNull(Of(users, route)["responses"]!["200"]!["headers"]!["ETag"]);
        Assert.Equal(["application/json", "text/event-stream"], Types(Of(tasks, "GET /api/v1/eventstreammonitor/tasks/{id}/events")["responses"]!["200"]!));
        var download = Of(tasks, "GET /api/v1/eventstreammonitor/files/{id}");
        Assert.Superset(new HashSet<string> { "application/octet-stream", "text/csv", "image/png" }, Types(download["responses"]!["200"]!).ToHashSet());
        Assert.NotNull(download["responses"]!["412"]);
        Assert.Equal(["application/json"], Types(Of(notifications, "POST /api/v1/airliner/bounces/{provider}")["requestBody"]!));
        foreach (var (document, route) in new[] { (tasks, "POST /api/v1/eventstreammonitor/tasks/retry"), (notifications, "POST /api/v1/airliner/notifications/redrive") })
        {
            Assert.NotEqual(true, Of(document, route)["requestBody"]!["required"]?.GetValue<bool>());
            Assert.Contains("limit", Of(document, route)["parameters"]!.AsArray().Select(parameter => parameter!["name"]?.GetValue<string>()));
        }

        foreach (var status in new[] { "400", "401", "429", "500", "503", "504" })
            Assert.Equal("#/components/schemas/OAuthError", Of(auth, "POST /oauth2/token")["responses"]![status]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>());

        static JsonObject Of(JsonObject document, string route) => Operations(document).Single(operation => operation.Key == route).Value;

        static IEnumerable<string?> Headers(JsonObject document, string route) => Of(document, route)["parameters"]!.AsArray()
            .Where(parameter => parameter!["in"]?.GetValue<string>() == "header").Select(parameter => parameter!["name"]?.GetValue<string>());

        static IEnumerable<string> Types(JsonNode described) => described["content"]!.AsObject().Select(content => content.Key);
    }

    private static IEnumerable<KeyValuePair<string, JsonObject>> Operations(JsonObject document) => document["paths"]!.AsObject()
        .SelectMany(path => path.Value!.AsObject().Select(operation => KeyValuePair.Create($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!.AsObject())));

    private async Task<JsonObject> DocumentAsync(int gateway)
    {
        using var answer = await system.Gateways[gateway].SendAsync(HttpMethod.Get, "/openapi/v1.json");
        await answer.JsonAsync();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
    }
}
