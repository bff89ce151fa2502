using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Airliner.Contracts.Events;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests.Changes;

public sealed class UpdatingUsersTests(RunningSystem system)
{
    [Theory]
    [InlineData("/api/v1/airliner")]
    [InlineData("/api/v1/eventstreammonitor")]
    public async Task A_user_changes_what_the_body_names_and_nothing_else(string prefix)
    {
        var user = await system.NewUserAsync();
        var path = $"{prefix}/users/{user.UserId}";

        using var answer = await PatchAsync(path, user.AccessToken, new() { ["firstName"] = "Augusta", ["username"] = "ignored", ["roles"] = new JsonArray("admin") });

        var changed = (await answer.JsonAsync()).GetProperty("user");
        Assert.Equal("Augusta", changed.GetProperty("firstName").GetString());
        Assert.Equal("Byron", changed.GetProperty("lastName").GetString());
        Assert.Equal("1985-12-10", changed.GetProperty("dateOfBirth").GetString());
        Assert.Equal(user.Username, changed.GetProperty("username").GetString());
        Assert.Equal(1, changed.GetProperty("roles").GetArrayLength());
        using var read = await system.Users.SendAsync(HttpMethod.Get, path, user.AccessToken);
        Assert.Equal(changed.ToString(), (await read.JsonAsync()).GetProperty("user").ToString());
        Assert.Equal(answer.Headers.ETag, read.Headers.ETag);
    }

    [Fact]
    public async Task Null_takes_a_date_of_birth_away()
    {
        var user = await system.NewUserAsync();

        using var answer = await PatchAsync(Path(user), user.AccessToken, new() { ["dateOfBirth"] = null });

        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await answer.JsonAsync()).GetProperty("user").GetProperty("dateOfBirth").ValueKind);
    }

    [Fact]
    public async Task A_change_that_names_the_current_tag_is_made_and_one_that_names_an_older_is_not()
    {
        var user = await system.NewUserAsync();
        using var read = await system.Users.SendAsync(HttpMethod.Get, Path(user), user.AccessToken);
        var first = read.Headers.ETag!;
        Assert.False(first.IsWeak);

        using var made = await PatchAsync(Path(user), user.AccessToken, new() { ["firstName"] = "One" }, $"\"other\", {first}");
        await made.JsonAsync();
        Assert.NotEqual(first, made.Headers.ETag);

        foreach (var stale in new[] { $"{first}", $"W/{made.Headers.ETag}", "\"\"" })
        {
            using var refused = await PatchAsync(Path(user), user.AccessToken, new() { ["firstName"] = "Two" }, stale);
            await refused.ProblemAsync(HttpStatusCode.PreconditionFailed, "PRECONDITION_FAILED");
        }

        using var any = await PatchAsync(Path(user), user.AccessToken, new() { ["firstName"] = "Three" }, "*");
        Assert.Equal("Three", (await any.JsonAsync()).GetProperty("user").GetProperty("firstName").GetString());
    }

    [Fact]
    public async Task Of_twenty_changes_of_the_same_state_at_once_one_is_made()
    {
        var user = await system.NewUserAsync();
        using var read = await system.Users.SendAsync(HttpMethod.Get, Path(user), user.AccessToken);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            PatchAsync(Path(user), user.AccessToken, new() { ["lastName"] = $"Number {i}" }, $"{read.Headers.ETag}")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Theory]
    [InlineData("no-tag")]
    [InlineData("\"open")]
    public async Task A_header_that_has_no_tags_is_refused(string header)
    {
        var user = await system.NewUserAsync();

        using var answer = await PatchAsync(Path(user), user.AccessToken, new() { ["firstName"] = "One" }, header);

        await answer.ProblemAsync(HttpStatusCode.BadRequest, "BAD_REQUEST");
    }

    [Theory]
    [InlineData("firstName", null)]
    [InlineData("firstName", "")]
    [InlineData("lastName", "a\nb")]
    [InlineData("dateOfBirth", "2999-01-01")]
    [InlineData("dateOfBirth", "10.12.1985")]
    [InlineData("email", null)]
    [InlineData("email", "no address")]
    public async Task A_member_that_breaks_its_rule_is_named(string member, string? value)
    {
        var user = await system.NewUserAsync();

        using var answer = await PatchAsync(Path(user), user.AccessToken, new() { [member] = value });

        await answer.InvalidAsync(member);
    }

    [Fact]
    public async Task An_address_that_somebody_has_is_taken_and_the_user_stays_as_it_was()
    {
        var user = await system.NewUserAsync();
        var other = await system.NewUserAsync();
        var token = await system.AdminTokenAsync();

        using var answer = await PatchAsync(Path(user), token, new() { ["email"] = other.Email.ToUpperInvariant(), ["firstName"] = "Other" });
        await answer.ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");

        using var read = await system.Users.SendAsync(HttpMethod.Get, Path(user), token);
        var now = (await read.JsonAsync()).GetProperty("user");
        Assert.Equal((user.Email, "Ada"), (now.GetProperty("email").GetString(), now.GetProperty("firstName").GetString()));
    }

    [Fact]
    public async Task A_change_is_told_once_and_a_change_to_the_same_is_none()
    {
        var user = await system.NewUserAsync();
        using var first = await PatchAsync(Path(user), user.AccessToken, new() { ["firstName"] = "Augusta", ["lastName"] = "Byron" });
        using var same = await PatchAsync(Path(user), user.AccessToken, new() { ["firstName"] = "Augusta" });
        Assert.Equal(first.Headers.ETag, same.Headers.ETag);
        using var last = await PatchAsync(Path(user), user.AccessToken, new() { ["lastName"] = "King" });
        await last.JsonAsync();

        var events = await system.ReadTopicAsync(Topics.UserRegistration, read => Updates(read, user).Any(e => e.Value.GetProperty("lastName").GetString() == "King"));

        var updates = Updates(events, user).DistinctBy(e => e.Headers["ce_id"]).ToArray();
        // The second event asks to verify the address.
        Assert.Equal(["3", "4"], updates.Select(e => e.Headers["ce_sequence"]));
        Assert.Equal(["[\"firstName\"]", "[\"lastName\"]"], updates.Select(e => e.Value.GetProperty("changed").GetRawText()));
    }

    [Theory]
    [InlineData("PUT", "/roles", """{"roles": ["operator"]}""")]
    [InlineData("PUT", "/status", """{"status": "disabled"}""")]
    [InlineData("DELETE", "", "{}")]
    public async Task What_an_administrator_changes_of_a_user_as_it_was_is_refused_where_it_has_changed(string method, string what, string body)
    {
        var user = await system.NewUserAsync();
        var token = await system.AdminTokenAsync();
        using var read = await system.Users.SendAsync(HttpMethod.Get, Path(user), token);
        var tag = read.Headers.ETag!.Tag;
        using (var changed = await PatchAsync(Path(user), token, new() { ["firstName"] = "Augusta" }))
            await changed.JsonAsync();

        using (var stale = await SendAsync(new HttpMethod(method), Path(user) + what, token, JsonNode.Parse(body)!.AsObject(), tag))
            await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "PRECONDITION_FAILED");
        using (var malformed = await SendAsync(new HttpMethod(method), Path(user) + what, token, JsonNode.Parse(body)!.AsObject(), "no tag"))
            Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        using var now = await system.Users.SendAsync(HttpMethod.Get, Path(user), token);
        Assert.Equal("active", (await now.JsonAsync()).GetProperty("user").GetProperty("status").GetString());
        using var taken = await SendAsync(new HttpMethod(method), Path(user) + what, token, JsonNode.Parse(body)!.AsObject(), now.Headers.ETag!.Tag);
        Assert.True(taken.IsSuccessStatusCode);
    }

    private static string Path(Account user) => $"/api/v1/airliner/users/{user.UserId}";

    private static IEnumerable<ReceivedEvent> Updates(IEnumerable<ReceivedEvent> events, Account user) =>
        events.Where(e => e.Key == $"{user.UserId}" && e.Headers["ce_type"] == "user_updated");

    private Task<HttpResponseMessage> PatchAsync(string path, string token, JsonObject body, string? ifMatch = null) => SendAsync(HttpMethod.Patch, path, token, body, ifMatch);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token, JsonObject body, string? ifMatch)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await system.Users.Http.SendAsync(request);
    }
}
