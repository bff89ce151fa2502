using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

[Collection(SystemCollection.Name)]
public sealed class WebhookEndpointsTests(RunningSystem system)
{
    private const string Webhooks = "/api/v1/eventstreammonitor/webhooks";

    private static readonly object _good = new { url = "https://example.com/hook", events = new[] { "task_completed", "task_failed", "task_failed" } };

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string token, string path = "", object? body = null) =>
        system.Tasks.SendAsync(method, Webhooks + path, token, body);

    private async Task<JsonElement> CreateAsync(string token, object body) =>
        (await (await SendAsync(HttpMethod.Post, token, body: body)).JsonAsync(HttpStatusCode.Created)).GetProperty("webhook");

    private async Task<JsonElement> ListAsync(string token) => await (await SendAsync(HttpMethod.Get, token)).JsonAsync();

    [Fact]
    public async Task A_secret_is_shown_once()
    {
        var user = await system.NewUserAsync();
        using var answer = await SendAsync(HttpMethod.Post, user.AccessToken, body: _good);
        var made = (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("webhook");
        Assert.True(answer.Headers.CacheControl?.NoStore);
        Assert.Matches("^wh_[A-Za-z0-9_-]{20}$", made.GetProperty("webhookId").GetString());
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", made.GetProperty("secret").GetString());
        Assert.Equal("""["task_completed","task_failed"]""", made.GetProperty("events").GetRawText());

        var listed = (await ListAsync(user.AccessToken)).GetProperty("webhooks").EnumerateArray().Single();
        foreach (var member in new[] { "webhookId", "url", "status", "createdAt" })
            Assert.Equal(made.GetProperty(member).GetString(), listed.GetProperty(member).GetString());
        Assert.Equal(("active", JsonValueKind.Null), (listed.GetProperty("status").GetString(), listed.GetProperty("lastError").ValueKind));
        Assert.False(listed.TryGetProperty("secret", out _));
    }

    [Theory]
    [InlineData("""{"events": ["task_created"]}""", "url")]
    [InlineData("""{"url": "http://example.com/", "events": ["task_created"]}""", "url")]
    [InlineData("""{"url": "https://10.0.0.1/", "events": ["task_created"]}""", "url")]
    [InlineData("""{"url": "https://me:secret@example.com/", "events": ["task_created"]}""", "url")]
    [InlineData("""{"url": "https://example.com/", "events": []}""", "events")]
    [InlineData("""{"url": "https://example.com/"}""", "events")]
    [InlineData("""{"url": "https://example.com/", "events": ["user_deleted"]}""", "events")]
    [InlineData("""{"url": "https://example.com/", "events": ["*"]}""", "events")]
    [InlineData("""{"url": "https://example.com/", "events": "task_created"}""", "events")]
    public async Task What_cannot_be_told_is_refused_by_field(string body, string field)
    {
        var user = await system.NewUserAsync();
        using var answer = await SendAsync(HttpMethod.Post, user.AccessToken, body: JsonElement.Parse(body));
        await answer.InvalidAsync(field);
        Assert.Empty((await ListAsync(user.AccessToken)).GetProperty("webhooks").EnumerateArray());
    }

    [Fact]
    public async Task Another_s_webhook_is_not_there_for_administrators_either()
    {
        var (owner, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        var id = (await CreateAsync(owner.AccessToken, _good)).GetProperty("webhookId").GetString()!;
        foreach (var token in new[] { other.AccessToken, await system.AdminTokenAsync() })
        {
            Assert.DoesNotContain(id, (await ListAsync(token)).GetRawText(), StringComparison.Ordinal);
            await (await SendAsync(HttpMethod.Delete, token, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        }

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, owner.AccessToken, $"/{id}")).StatusCode);
        await (await SendAsync(HttpMethod.Delete, owner.AccessToken, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        Assert.Equal(0, (await ListAsync(owner.AccessToken)).GetProperty("pagination").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task A_machine_has_no_webhooks()
    {
        var token = await system.ServiceTokenAsync();
        await (await SendAsync(HttpMethod.Get, token)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
        await (await SendAsync(HttpMethod.Post, token, body: _good)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
    }

    [Fact]
    public async Task A_user_may_have_twenty_webhooks()
    {
        var user = await system.NewUserAsync();
        for (var i = 0; i < 20; i++)
            await CreateAsync(user.AccessToken, _good);
        await (await SendAsync(HttpMethod.Post, user.AccessToken, body: _good)).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
    }

    [Fact]
    public async Task A_task_s_way_is_told_to_its_owner_s_endpoint()
    {
        await using var server = await RemoteServer.StartAsync(tls: false);
        IConfiguration[] configurations = [system.Tasks.Services.GetRequiredService<IConfiguration>(), system.Silo.GetRequiredService<IConfiguration>()];
        foreach (var configuration in configurations)
            configuration["Outbound:AllowedHosts"] = server.Host;
        var endpoint = server.NewEndpoint();
        var user = await system.NewUserAsync();
        var made = await CreateAsync(user.AccessToken, new { url = endpoint.Url, events = new[] { "task_created", "task_completed" } });
        var secret = Convert.FromBase64String(made.GetProperty("secret").GetString()!["whsec_".Length..]);

        using var created = await system.Tasks.SendAsync(
            HttpMethod.Post, "/api/v1/eventstreammonitor/tasks", user.AccessToken, new { parameters = new { source = new { csv = "a\n1\n" } } });
        var taskId = (await created.JsonAsync(HttpStatusCode.Created)).GetProperty("task").GetProperty("taskId").GetInt64();

        var told = new[] { await endpoint.NextAsync(), await endpoint.NextAsync() };
        Assert.Equal(["task_completed", "task_created"], told.Select(one => JsonElement.Parse(one.Body).GetProperty("type").GetString()).Order(StringComparer.Ordinal));
        Assert.All(told, one =>
        {
            Assert.Equal(taskId, JsonElement.Parse(one.Body).GetProperty("data").GetProperty("taskId").GetInt64());
            var signed = Encoding.UTF8.GetBytes($"{one.Headers["webhook-id"]}.{one.Headers["webhook-timestamp"]}.{one.Body}");
            Assert.Equal($"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, signed))}", one.Headers["webhook-signature"]);
        });
    }
}
