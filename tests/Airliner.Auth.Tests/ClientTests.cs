using System.Net;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Auth;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>Machine clients, which administrators make, and what becomes of their tokens.</summary>
public sealed class ClientTests(RunningSystem system)
{
    private const string Clients = "/api/v1/airliner/clients";

    [Fact]
    public async Task An_administrator_makes_a_client_whose_secret_is_shown_once()
    {
        var admin = await system.AdminTokenAsync();
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, Clients, admin, new { name = " billing ", scopes = new[] { "tasks.work" } });
        var made = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("client");
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal("billing", made.GetProperty("name").GetString());
        Assert.StartsWith("c_", made.GetProperty("clientId").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(await TokenAsync(made));

        using var list = await system.Auth.SendAsync(HttpMethod.Get, Clients, admin);
        var listed = (await list.JsonAsync()).GetProperty("clients").EnumerateArray()
            .Single(client => client.GetProperty("clientId").GetString() == made.GetProperty("clientId").GetString());
        Assert.Equal(["clientId", "name", "scopes", "createdAt", "updatedAt"], listed.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task An_operator_sees_the_clients_and_makes_none()
    {
        var made = await MakeAsync(await system.AdminTokenAsync());
        var user = await system.NewUserAsync();
        var opened = await system.Silo.GetRequiredService<IGrainFactory>().GetGrain<IUserSessionsGrain>(user.UserId)
            .Open(new OpenSession(user.Username, [Roles.User, Roles.Operator], "127.0.0.1", "test", WithRefresh: false));

        using var list = await system.Auth.SendAsync(HttpMethod.Get, $"{Clients}?limit=200", opened!.AccessToken);
        Assert.Contains(IdOf(made), (await list.JsonAsync()).GetProperty("clients").EnumerateArray().Select(IdOf));
        using var refused = await system.Auth.SendAsync(HttpMethod.Post, Clients, opened.AccessToken, new { name = "by an operator" });
        await refused.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        using var others = await system.Auth.SendAsync(HttpMethod.Get, Clients, user.AccessToken);
        await others.ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
    }

    [Theory]
    [InlineData("name", """{"name":"  "}""")]
    [InlineData("name", """{"scopes":[]}""")]
    [InlineData("scopes", """{"name":"x","scopes":["everything"]}""")]
    public async Task A_client_that_cannot_be_made_is_told_why(string field, string body)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, Clients, await system.AdminTokenAsync(), JsonSerializer.Deserialize<JsonElement>(body));

        await answer.InvalidAsync(field);
    }

    [Fact]
    public async Task A_new_secret_takes_the_place_of_the_old_one()
    {
        var admin = await system.AdminTokenAsync();
        var made = await MakeAsync(admin);
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, $"{Clients}/{IdOf(made)}/secret", admin);
        var rotated = (await answer.JsonAsync()).GetProperty("client");

        Assert.NotEmpty(await TokenAsync(rotated));
        using var old = await PostAsync("/oauth2/token", made, ("grant_type", "client_credentials"));
        await old.JsonAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_client_that_is_deleted_gets_no_token_and_those_that_it_has_are_refused_by_every_gateway()
    {
        var admin = await system.AdminTokenAsync();
        var made = await MakeAsync(admin);
        var token = await TokenAsync(made);
        const string Tasks = "/api/v1/eventstreammonitor/tasks?userId=1000";
        using (var before = await system.Tasks.SendAsync(HttpMethod.Get, Tasks, token))
            Assert.Equal(HttpStatusCode.Forbidden, before.StatusCode);

        using (var deleted = await system.Auth.SendAsync(HttpMethod.Delete, $"{Clients}/{IdOf(made)}", admin))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        using var refused = await PostAsync("/oauth2/token", made, ("grant_type", "client_credentials"));
        await refused.JsonAsync(HttpStatusCode.Unauthorized);
        foreach (var (gateway, path) in new[] { (system.Tasks, Tasks), (system.Notifications, "/api/v1/airliner/notifications"), (system.Users, "/api/v1/airliner/users/1000"), (system.Auth, Clients) })
            await gateway.EventuallyAsync(HttpMethod.Get, path, HttpStatusCode.Unauthorized, token);
        using var again = await system.Auth.SendAsync(HttpMethod.Delete, $"{Clients}/{IdOf(made)}", admin);
        await again.ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task Introspection_tells_what_a_good_token_says_and_of_another_nothing()
    {
        var client = await MakeAsync(await system.AdminTokenAsync());
        var user = await system.NewUserAsync();

        var ofUser = await IntrospectAsync(client, user.AccessToken);
        Assert.True(ofUser.GetProperty("active").GetBoolean());
        Assert.Equal(
            ($"{user.UserId}", user.Username, "airliner", system.Issuer),
            (Text(ofUser, "sub"), Text(ofUser, "username"), Text(ofUser, "client_id"), Text(ofUser, "iss")));
        Assert.Equal(900, ofUser.GetProperty("exp").GetInt64() - ofUser.GetProperty("iat").GetInt64());
        var ofClient = await IntrospectAsync(client, await TokenAsync(client));
        Assert.Equal((IdOf(client), "tasks.work"), (Text(ofClient, "sub"), Text(ofClient, "scope")));

        Assert.Equal("""{"active":false}""", (await IntrospectAsync(client, user.AccessToken[..^2] + "xx")).GetRawText());
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(client, "no token at all")).GetRawText());
    }

    [Fact]
    public async Task A_client_gives_back_a_token_of_its_own_alone()
    {
        var client = await MakeAsync(await system.AdminTokenAsync());
        var (given, kept) = (await TokenAsync(client), await TokenAsync(client));
        var user = await system.NewUserAsync();

        using (var revoked = await PostAsync("/oauth2/revoke", client, ("token", given)))
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        while ((await IntrospectAsync(client, given)).GetProperty("active").GetBoolean())
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        Assert.True((await IntrospectAsync(client, kept)).GetProperty("active").GetBoolean());

        using (var again = await PostAsync("/oauth2/revoke", client, ("token", given)))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var foreign = await PostAsync("/oauth2/revoke", client, ("token", user.AccessToken));
        Assert.Equal("unauthorized_client", Text(await foreign.JsonAsync(HttpStatusCode.BadRequest), "error"));
        Assert.True((await IntrospectAsync(client, user.AccessToken)).GetProperty("active").GetBoolean());
    }

    [Theory]
    [InlineData("/oauth2/introspect")]
    [InlineData("/oauth2/revoke")]
    public async Task Without_its_secret_or_a_token_a_client_is_refused(string route)
    {
        var client = await MakeAsync(await system.AdminTokenAsync());

        using var wrong = await PostAsync(route, client, secret: "wrong", ("token", "x"));
        Assert.Equal("invalid_client", Text(await wrong.JsonAsync(HttpStatusCode.Unauthorized), "error"));
        using var none = await PostAsync(route, client);
        Assert.Equal("invalid_request", Text(await none.JsonAsync(HttpStatusCode.BadRequest), "error"));
    }

    private static string IdOf(JsonElement client) => Text(client, "clientId");

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;

    private async Task<JsonElement> MakeAsync(string admin)
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Post, Clients, admin, new { name = "made by a test" });
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("client");
    }

    private async Task<string> TokenAsync(JsonElement client)
    {
        using var answer = await PostAsync("/oauth2/token", client, ("grant_type", "client_credentials"));
        return Text(await answer.JsonAsync(), "access_token");
    }

    private async Task<JsonElement> IntrospectAsync(JsonElement client, string token)
    {
        using var answer = await PostAsync("/oauth2/introspect", client, ("token", token));
        return await answer.JsonAsync();
    }

    private Task<HttpResponseMessage> PostAsync(string route, JsonElement client, params (string Name, string Value)[] form) =>
        PostAsync(route, client, Text(client, "clientSecret"), form);

    private async Task<HttpResponseMessage> PostAsync(string route, JsonElement client, string secret, params (string Name, string Value)[] form)
    {
        (string Name, string Value)[] all = [("client_id", IdOf(client)), ("client_secret", secret), .. form];
        using var content = new FormUrlEncodedContent(all.Select(member => KeyValuePair.Create(member.Name, member.Value)));
        return await system.Auth.Http.PostAsync(new Uri(route, UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
