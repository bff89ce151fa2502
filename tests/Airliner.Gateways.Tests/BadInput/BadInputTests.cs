using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.BadInput;

/// <summary>
/// Every route that takes something refuses what is wrong with it, and names it. The cases are made from the OpenAPI documents and the <see cref="BadInputTable"/>;
/// a route that is in the one and not in the other fails.
/// </summary>
public sealed class BadInputTests(RunningSystem system)
{
    private const string Json = "application/json";

    /// <summary>Values of every JSON type, by its name in a schema.</summary>
    private static readonly (string Type, string Json)[] _values = [("string", "\"text\""), ("integer", "5"), ("boolean", "true"), ("array", "[[]]"), ("object", "{}")];

    private static readonly string[] _noJson = ["", "{", "{\"", "{]", "nothing", "{} {}", "[]", "\"text\"", "5", "null"];

    private static readonly (string Member, string Text)[] _wrongPages =
    [
        ("limit", "0"), ("limit", "201"), ("limit", "-1"), ("limit", "ten"), ("limit", "9223372036854775808"), ("offset", "-1"), ("offset", "ten"), ("offset", "2147483648"),
        ("cursor", "nothing"), ("cursor", "AAAAAAAAA%3D%3D"), ("cursor", "a%00b"),
    ];

    [Fact]
    public async Task Every_route_that_takes_something_has_a_row_with_every_member_of_its_body()
    {
        var operations = (await Operation.AllAsync(system)).Where(operation => operation.ContentType is not null || operation.PathParameters.Count > 0 || operation.IsPaged);

        Assert.Superset(operations.Select(operation => operation.Route).ToHashSet(), BadInputTable.Rows.Select(row => row.Route).ToHashSet());
        Assert.All(
            await RowsAsync(),
            pair => Assert.Equal(
                pair.Operation.Members.Keys.Order(StringComparer.Ordinal),
                pair.Operation.ContentType == Json ? Good(pair.Row).Select(member => member.Key).Order(StringComparer.Ordinal) : BadFormTests.Members(pair.Row).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_body_says_which_members_it_must_have() => Assert.All(await RowsAsync(), pair => Assert.Equal(
        (pair.Row.Route, string.Join(' ', (pair.Row.Required ?? []).Order(StringComparer.Ordinal))),
        (pair.Row.Route, string.Join(' ', pair.Operation.Required.Order(StringComparer.Ordinal)))));

    [Fact]
    public async Task A_member_of_the_wrong_type_is_named() => await AllRefusedAsync((operation, row) =>
        operation.Members.SelectMany(member => _values.Where(value => !Takes(member.Value, value.Type)).Select(value => Changed(row, member.Key, value.Json))));

    [Fact]
    public async Task A_member_that_is_missing_is_named() => await AllRefusedAsync((_, row) =>
        (row.Required ?? []).SelectMany(member => new[] { Changed(row, member, null), Changed(row, member, "null") }));

    [Fact]
    public async Task A_value_that_is_not_allowed_is_named() => await AllRefusedAsync((_, row) =>
        (row.Wrong ?? []).Select(wrong => Changed(row, wrong.Member, wrong.Json)));

    [Fact]
    public async Task A_body_that_is_no_JSON_object_is_refused()
    {
        await using var refusals = new Refusals(system);
        foreach (var (operation, row) in await RowsAsync(Json))
        {
            foreach (var body in row.BodyIsOptional ? _noJson.Except(["", "null"]) : _noJson)
                await refusals.ExpectAsync(400, operation, row, operation.PathFor("1000"), new StringContent(body, Encoding.UTF8, Json), $"body {body}");
        }
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        await using var refusals = new Refusals(system);
        foreach (var (operation, row) in await RowsAsync(Json))
        {
            foreach (var type in new[] { "text/plain", "application/xml", "application/x-www-form-urlencoded" })
                await refusals.ExpectAsync(415, operation, row, operation.PathFor("1000"), new StringContent(row.Body!, Encoding.UTF8, type), type);
        }
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_unread()
    {
        await using var refusals = new Refusals(system);
        foreach (var (operation, row) in await RowsAsync(Json))
        {
            var most = row.Route.EndsWith("/tasks/batch", StringComparison.Ordinal) ? 8 << 20 : 1 << 20;
            await refusals.ExpectAsync(413, operation, row, operation.PathFor("1000"), new UnreadContent(most + 1), $"{most + 1} bytes");
        }
    }

    [Fact]
    public async Task An_id_that_nothing_has_is_not_found()
    {
        await using var refusals = new Refusals(system);
        foreach (var (operation, row) in (await RowsAsync()).Where(pair => pair.Operation.PathParameters.Count > 0))
        {
            foreach (var id in new[] { "0", "-1", "text", "1.5", "9223372036854775808", "9223372036854775807", "a%27b", new string('9', 2_000) })
            {
                using var body = row.Body is null ? null : new StringContent(row.Body, Encoding.UTF8, Json);
                await refusals.ExpectAsync(long.TryParse(id, out _) ? row.Unknown : 404, operation, row, operation.PathFor(id), body, $"id {id[..Math.Min(20, id.Length)]}");
            }
        }
    }

    [Fact]
    public async Task A_query_that_is_wrong_is_named()
    {
        await using var refusals = new Refusals(system);
        foreach (var (operation, row) in await RowsAsync())
        {
            foreach (var (member, text) in (row.Query ?? []).Concat(operation.IsPaged ? _wrongPages : []))
                await refusals.ExpectAsync(400, operation, row, $"{operation.PathFor("1000")}?{member}={text}", null, $"{member}={text}", member);
        }
    }

    private async Task AllRefusedAsync(Func<Operation, BadInputRow, IEnumerable<(string Member, string Body)>> cases)
    {
        await using var refusals = new Refusals(system);
        foreach (var (operation, row) in await RowsAsync(Json))
        {
            foreach (var (member, body) in cases(operation, row))
                await refusals.ExpectAsync(400, operation, row, operation.PathFor("1000"), new StringContent(body, Encoding.UTF8, Json), body, member);
        }
    }

    private async Task<IReadOnlyList<(Operation Operation, BadInputRow Row)>> RowsAsync(string? contentType = null) =>
    [
        .. from operation in await Operation.AllAsync(system)
           join row in BadInputTable.Rows on operation.Route equals row.Route
           where contentType is null || operation.ContentType == contentType
           select (operation, row),
    ];

    private static JsonObject Good(BadInputRow row) => row.Body is null ? [] : JsonNode.Parse(row.Body)!.AsObject();

    /// <summary>The row's body with another value of one member, or without it.</summary>
    private static (string Member, string Body) Changed(BadInputRow row, string member, string? value)
    {
        var body = Good(row);
        body.Remove(member);
        if (value is not null)
            body[member] = JsonNode.Parse(value);
        return (member, body.ToJsonString());
    }

    /// <summary>Whether the schema takes values of the type. One that names no type is of text with a format, or of any JSON object.</summary>
    private static bool Takes(JsonElement schema, string type) =>
        !schema.TryGetProperty("type", out var types) ? type == (schema.TryGetProperty("format", out _) ? "string" : "object")
        : types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Any(one => one.GetString() == type)
        : types.GetString() == type;
}
