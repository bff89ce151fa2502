using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.Notifications.Gateway;
using Airliner.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Bounces over REST, at a gateway that knows a provider, and what is done about them.</summary>
public sealed class BouncesTests(RunningSystem system) : IAsyncLifetime
{
    private const string Notifications = "/api/v1/airliner/notifications";

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-bounces-").FullName;
    private readonly HttpClient _client = new();
    private WebApplication _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(file, $"whsec_{Convert.ToBase64String(_secret)}\n", Cancel);
        _gateway = Gateway(file);
        await _gateway.StartAsync(Cancel);
        _client.BaseAddress = new Uri(_gateway.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.StopAsync(CancellationToken.None);
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_mail_that_comes_back_has_failed_until_it_is_redriven()
    {
        var user = await system.NewUserAsync();
        var id = await SentMailAsync(user.UserId);
        var admin = await system.AdminTokenAsync();

        using (var taken = await PostAsync($$"""{"bounces":[{"messageId":"<notification-{{id}}@localhost>","type":"hard","reason":"no such mailbox"}]}"""))
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        var failed = await NotificationAsync(id, admin);
        Assert.Equal(("failed", "no such mailbox"), (failed.GetProperty("status").GetString(), failed.GetProperty("errorMessage").GetString()));

        using (var redriven = await system.Notifications.SendAsync(HttpMethod.Post, $"{Notifications}/{id}/redrive", admin))
            Assert.Equal("pending", (await redriven.JsonAsync(HttpStatusCode.Accepted)).GetProperty("notification").GetProperty("status").GetString());
        await WaitForSentAsync(id, times: 2);
        using var again = await system.Notifications.SendAsync(HttpMethod.Post, $"{Notifications}/{id}/redrive", admin);
        Assert.Contains("it is sent", (await again.JsonAsync(HttpStatusCode.Conflict)).GetProperty("detail").GetString(), StringComparison.Ordinal);

        // What comes late of the first mail is none of the second.
        foreach (var (name, status) in new[] { ($"{id}", "sent"), ($"{id}-1", "failed") })
        {
            using var taken = await PostAsync($$"""{"bounces":[{"messageId":"<notification-{{name}}@localhost>","type":"hard","reason":"no such mailbox"}]}""");
            Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
            Assert.Equal(status, (await NotificationAsync(id, admin)).GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task Many_are_redriven_by_the_lists_filters()
    {
        var user = await system.NewUserAsync();
        var id = await SentMailAsync(user.UserId);
        await BouncedLongAgoAsync(id, user);

        using var answer = await system.Notifications.SendAsync(HttpMethod.Post, $"{Notifications}/redrive?userId={user.UserId}&status=failed", await system.AdminTokenAsync());

        var redriven = await answer.JsonAsync(HttpStatusCode.Accepted);
        Assert.Equal((1, 0, false), (redriven.GetProperty("redriven").GetInt32(), redriven.GetProperty("left").GetInt64(), redriven.GetProperty("leftIsEstimate").GetBoolean()));
    }

    [Fact]
    public async Task Many_are_redriven_by_a_body_too_and_by_filters_in_both_none()
    {
        var (user, admin) = (await system.NewUserAsync(), await system.AdminTokenAsync());
        var id = await SentMailAsync(user.UserId);
        await BouncedLongAgoAsync(id, user);

        await (await RedriveAsync("?channel=email", new { userId = user.UserId })).InvalidAsync("body");
        Assert.Equal("failed", (await NotificationAsync(id, admin)).GetProperty("status").GetString());
        Assert.Equal(0, await RedrivenAsync("", new { userId = user.UserId, channel = "sms" }));
        Assert.Equal(0, await RedrivenAsync($"?userId={user.UserId}&status=dead", new { }));
        Assert.Equal(1, await RedrivenAsync("", new { userId = user.UserId, status = "failed", channel = "email" }));

        Task<HttpResponseMessage> RedriveAsync(string query, object body) => system.Notifications.SendAsync(HttpMethod.Post, $"{Notifications}/redrive{query}", admin, body);

        async Task<int> RedrivenAsync(string query, object body) => (await (await RedriveAsync(query, body)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("redriven").GetInt32();
    }

    /// <summary>The mail came back, and the mark of its address has ended since.</summary>
    private async Task BouncedLongAgoAsync(string id, Account user)
    {
        using var taken = await PostAsync($$"""{"bounces":[{"notificationId":"{{id}}","address":"forwarded@example.com","type":"hard"}]}""");
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
        await using var unmark = system.Silo.GetRequiredKeyedService<NpgsqlDataSource>("notifications").CreateCommand("delete from bounced_addresses where address = lower($1)");
        unmark.Parameters.Add(new NpgsqlParameter<string> { TypedValue = user.Email });
        Assert.Equal(1, await unmark.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Only_the_provider_is_believed_and_only_now()
    {
        const string Body = """{"bounces":[{"address":"ada@example.com","type":"soft"}]}""";
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

        await RefusedAsync(401, await PostAsync(Body, signed: Body + " "));
        await RefusedAsync(401, await PostAsync(Body, now - 301));
        await RefusedAsync(401, await PostAsync(Body, now + 400));
        await RefusedAsync(401, await PostAsync(Body, long.MaxValue));
        await RefusedAsync(404, await PostAsync(Body, provider: "another"));
        await RefusedAsync(401, await _client.PostAsync(new Uri("/api/v1/airliner/bounces/example", UriKind.Relative), new StringContent(Body), Cancel));
        using var taken = await PostAsync(Body, now - 200);
        Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
    }

    [Theory]
    [InlineData("""{"bounces":[]}""", "bounces")]
    [InlineData("{}", "bounces")]
    [InlineData("""{"bounces":[null]}""", "bounces")]
    [InlineData("""{"bounces":[{"address":"ada@example.com"}]}""", "bounces[0]")]
    [InlineData("""{"bounces":[{"address":"ada@example.com","type":"firm"}]}""", "bounces[0]")]
    [InlineData("""{"bounces":[{"address":"ada@example.com","type":"soft"},{"type":"hard"}]}""", "bounces[1]")]
    [InlineData("""{"bounces":[{"notificationId":"0","type":"hard"}]}""", "bounces[0]")]
    [InlineData("""{"bounces":[{"address":"a\u0000b","type":"hard"}]}""", "bounces[0]")]
    [InlineData("""{"bounces":[{"notificationId":"x","type":"hard"}]}""", "bounces[0].notificationId")]
    [InlineData("""{"bounces":[{"notificationId":1.5,"type":"hard"}]}""", "bounces[0].notificationId")]
    public async Task A_body_that_is_wrong_is_refused_and_says_where(string body, string member)
    {
        var problem = await RefusedAsync(400, await PostAsync(body));

        Assert.Equal(member, Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{")]
    public async Task What_is_no_JSON_object_is_refused(string body) => await RefusedAsync(400, await PostAsync(body));

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused() => await RefusedAsync(413, await PostAsync(new string(' ', (1 << 20) + 1)));

    [Theory]
    [InlineData("short")]
    [InlineData("whsec_c2hvcnQ=")]
    [InlineData("whsec_no base64")]
    public async Task A_secret_that_is_none_is_a_start_error_that_names_its_setting(string secret)
    {
        var file = Path.Combine(_folder, "bad");
        await File.WriteAllTextAsync(file, secret, Cancel);

        Assert.Contains("Notifications:Bounces:Providers:example:SecretFile", Assert.Throws<InvalidOperationException>(() => Gateway(file)).Message, StringComparison.Ordinal);
    }

    private WebApplication Gateway(string secretFile) => NotificationsGateway.Create(
        [
            "--Gateway:RestPort=0", "--Gateway:GrpcPort=0", $"--AIRLINER_ISSUER={system.Issuer}", "--Logging:LogLevel:Default=None",
            $"--Notifications:Bounces:Providers:example:SecretFile={secretFile}",
        ],
        system.Silo.GetRequiredService<IClusterClient>());

    private async Task<HttpResponseMessage> PostAsync(string body, long? timestamp = null, string? signed = null, string provider = "example")
    {
        var seconds = (timestamp ?? TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"bounce-1.{seconds}.{signed ?? body}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/airliner/bounces/{provider}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", "bounce-1");
        request.Headers.Add("webhook-timestamp", seconds);
        // The provider's new secret and its old one.
        request.Headers.TryAddWithoutValidation("webhook-signature", $"v1,{Convert.ToBase64String(new byte[32])} v1,{Convert.ToBase64String(hash)}");
        return await _client.SendAsync(request, Cancel);
    }

    private static async Task<JsonElement> RefusedAsync(int status, HttpResponseMessage answer)
    {
        using (answer)
        {
            Assert.Equal(status == 401, answer.Headers.WwwAuthenticate.Count > 0);
            return await answer.JsonAsync((HttpStatusCode)status);
        }
    }

    /// <summary>The mail that greets a new user, once it was sent.</summary>
    private async Task<string> SentMailAsync(long userId)
    {
        // Two are sent: the other asks to verify the address.
        await system.ReadTopicAsync(Topics.Notifications, events => events.Count(one => IsSent(one) && one.Key == $"{userId}") == 2);
        using var answer = await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}?userId={userId}&eventType=user_registered", await system.AdminTokenAsync());
        return Assert.Single((await answer.JsonAsync()).GetProperty("notifications").EnumerateArray()).GetProperty("notificationId").GetString()!;
    }

    private Task WaitForSentAsync(string id, int times) => system.ReadTopicAsync(
        Topics.Notifications,
        events => events.Count(one => IsSent(one) && one.Value.GetProperty("notificationId").GetString() == id) == times);

    private static bool IsSent(ReceivedEvent one) => one.Headers["ce_type"] == "notification_sent";

    private async Task<JsonElement> NotificationAsync(string id, string token)
    {
        using var answer = await system.Notifications.SendAsync(HttpMethod.Get, $"{Notifications}/{id}", token);
        return (await answer.JsonAsync()).GetProperty("notification");
    }
}
