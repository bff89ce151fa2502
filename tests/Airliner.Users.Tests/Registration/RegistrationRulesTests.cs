using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests.Registration;

/// <summary>What a registration must fulfil, asked over HTTP.</summary>
public sealed class RegistrationRulesTests(RunningSystem system)
{
    private const string Route = "/api/v1/airliner/registerUser";

    public static TheoryData<string, string?> Refused()
    {
        var cases = new TheoryData<string, string?>();
        foreach (var field in new[] { "username", "email", "password", "firstName", "lastName" })
        {
            cases.Add(field, null);
            cases.Add(field, "");
        }

        foreach (var username in new[] { "ab", new string('a', 21), "has space", "ümlaut", "a@b.example", "line\n", "nul\0nul" })
            cases.Add("username", username);
        foreach (var email in new[] { "plain", "no@domain", "two words@example.com", "Ada <ada@example.com>", "ada@example.com\n", "a\0b@example.com", $"{new string('a', 250)}@example.com" })
            cases.Add("email", email);
        foreach (var password in new[] { "1234567", new string('p', 129), "{username}", "{USERNAME}", "{email}", "{username}-1234", "12345678{email}", "Password123" })
            cases.Add("password", password);
        foreach (var name in new[] { "   ", new string('n', 51), "a\0b", "a\nb" })
        {
            cases.Add("firstName", name);
            cases.Add("lastName", name);
        }

        foreach (var date in new[] { "", "2999-01-01", "10.12.1985", "1985-02-30", "1985-12-10T00:00:00Z" })
            cases.Add("dateOfBirth", date);
        return cases;
    }

    public static TheoryData<string, string?> Accepted() => new()
    {
        { "username", new string('a', 17) + "_-0" },
        { "password", "pässwörd-密碼" },
        { "password", new string('p', 128) },
        { "firstName", "Zoë" },
        { "firstName", "美咲 😀" },
        { "lastName", new string('n', 50) },
        { "lastName", "O'Hara-Łukasiewicz" },
        { "dateOfBirth", null },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_field_that_breaks_its_rule_is_named(string field, string? value)
    {
        var body = RegistrationBody.Valid();
        var filled = value?
            .Replace("{username}", (string?)body["username"], StringComparison.Ordinal)
            .Replace("{USERNAME}", ((string)body["username"]!).ToUpperInvariant(), StringComparison.Ordinal)
            .Replace("{email}", (string?)body["email"], StringComparison.Ordinal);

        using var answer = await system.Users.SendAsync(HttpMethod.Post, Route, body: body.With(field, filled));

        await answer.InvalidAsync(field);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_field_within_its_rule_is_taken_and_answered_as_it_came(string field, string? value)
    {
        if (field == "username")
            value = $"{Guid.NewGuid():n}"[..17] + "_-0";

        using var answer = await system.Users.SendAsync(HttpMethod.Post, Route, body: RegistrationBody.Valid().With(field, value));

        var user = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("user");
        if (field != "password")
            Assert.Equal(value, user.GetProperty(field).GetString());
    }

    [Fact]
    public async Task Every_field_that_is_wrong_is_named_at_once()
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Post, Route, body: new JsonObject());

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.Equal(
            ["email", "firstName", "lastName", "password", "username"],
            problem.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("username", "5")]
    [InlineData("email", "{}")]
    [InlineData("password", "[1]")]
    [InlineData("firstName", "true")]
    public async Task A_member_of_the_wrong_type_is_named(string member, string value)
    {
        var body = RegistrationBody.Valid().With(member, JsonNode.Parse(value));

        using var answer = await system.Users.SendAsync(HttpMethod.Post, Route, body: body);

        await answer.InvalidAsync(member);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"username\": tru")]
    [InlineData("{\"username\": \"ada\",}")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public async Task A_body_that_is_no_JSON_object_is_refused_without_naming_our_types(string body)
    {
        using var answer = await PostAsync(body, "application/json");

        var problem = await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
        Assert.False(problem.TryGetProperty("errors", out _), problem.ToString());
        Assert.DoesNotContain("RegisterBody", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_that_are_not_known_are_ignored()
    {
        var body = RegistrationBody.Valid().With("favouriteColour", new JsonObject { ["name"] = "green" }).With("roles", new JsonArray("admin"));

        using var answer = await system.Users.SendAsync(HttpMethod.Post, Route, body: body);

        var user = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("user");
        Assert.Equal(["user"], user.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    public async Task Another_content_type_is_refused(string type)
    {
        using var answer = await PostAsync(RegistrationBody.Valid().ToJsonString(), type);

        await answer.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused()
    {
        var body = RegistrationBody.Valid().ToJsonString().Replace("\"Ada\"", "\"\\ud800\"", StringComparison.Ordinal);

        using var answer = await PostAsync(body, "application/json");

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    private Task<HttpResponseMessage> PostAsync(string body, string type) =>
        system.Users.Http.PostAsync(new Uri(Route, UriKind.Relative), new StringContent(body, Encoding.UTF8, type));
}
