using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests.Notifications;

/// <summary>Web Push subscriptions over REST.</summary>
public sealed class PushEndpointsTests(RunningSystem system)
{
    private const string Subscriptions = "/api/v1/airliner/push/subscriptions";

    [Fact]
    public async Task A_browser_is_subscribed_and_shows_no_keys()
    {
        var user = await system.NewUserAsync();
        var body = NewBody();
        var made = (await (await SendAsync(HttpMethod.Post, user.AccessToken, body: body)).JsonAsync(HttpStatusCode.Created)).GetProperty("subscription");
        var again = (await (await SendAsync(HttpMethod.Post, user.AccessToken, body: body)).JsonAsync()).GetProperty("subscription");

        Assert.Matches("^ps_[A-Za-z0-9_-]{20}$", made.GetProperty("subscriptionId").GetString());
        Assert.Equal(made.GetRawText(), again.GetRawText());
        Assert.Equal(["subscriptionId", "endpoint", "createdAt"], made.EnumerateObject().Select(member => member.Name));
        var list = await ListAsync(user.AccessToken);
        Assert.Equal(made.GetRawText(), Assert.Single(list.GetProperty("subscriptions").EnumerateArray()).GetRawText());
        Assert.Equal(1, list.GetProperty("pagination").GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task The_key_is_a_point_of_P_256()
    {
        var user = await system.NewUserAsync();
        using var answer = await system.Notifications.SendAsync(HttpMethod.Get, "/api/v1/airliner/push/key", user.AccessToken);
        var key = Base64Url.DecodeFromChars((await answer.JsonAsync()).GetProperty("key").GetProperty("publicKey").GetString());
        Assert.Equal((65, 4), (key.Length, key[0]));
    }

    [Fact]
    public async Task Another_s_subscription_is_not_there()
    {
        var (owner, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        var id = (await (await SendAsync(HttpMethod.Post, owner.AccessToken, body: NewBody())).JsonAsync(HttpStatusCode.Created))
            .GetProperty("subscription").GetProperty("subscriptionId").GetString()!;
        foreach (var token in new[] { other.AccessToken, await system.AdminTokenAsync() })
        {
            Assert.DoesNotContain(id, (await ListAsync(token)).GetRawText(), StringComparison.Ordinal);
            await (await SendAsync(HttpMethod.Delete, token, $"/{id}")).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        }

        using var deleted = await SendAsync(HttpMethod.Delete, owner.AccessToken, $"/{id}");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty((await ListAsync(owner.AccessToken)).GetProperty("subscriptions").EnumerateArray());
        await (await SendAsync(HttpMethod.Post, await system.ServiceTokenAsync(), body: NewBody())).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
    }

    [Fact]
    public async Task What_is_no_subscription_is_refused_by_field()
    {
        var user = await system.NewUserAsync();
        var (point, auth) = (NewPoint(), new byte[16]);
        byte[] offCurve = [.. point[..64], (byte)(point[64] ^ 1)];
        byte[] compressed = [2, .. point[1..]];
        (string Endpoint, byte[] P256dh, byte[] Auth, string Field)[] wrong =
        [
            ("http://example.com/push", point, auth, "endpoint"),
            ("https://10.0.0.1/push", point, auth, "endpoint"),
            ("https://example.com/push", offCurve, auth, "keys.p256dh"),
            ("https://example.com/push", compressed, auth, "keys.p256dh"),
            ("https://example.com/push", point[..33], auth, "keys.p256dh"),
            ("https://example.com/push", point, auth[..15], "keys.auth"),
        ];
        foreach (var (endpoint, p256dh, secret, field) in wrong)
        {
            var body = new { endpoint, keys = new { p256dh = Base64Url.EncodeToString(p256dh), auth = Base64Url.EncodeToString(secret) } };
            using var answer = await SendAsync(HttpMethod.Post, user.AccessToken, body: body);
            await answer.InvalidAsync(field);
        }

        using var noBase64 = await SendAsync(HttpMethod.Post, user.AccessToken, body: new { endpoint = "https://example.com/push", keys = new { p256dh = "no", auth = "+/" } });
        Assert.Equal(["keys.auth", "keys.p256dh"], (await noBase64.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateObject().Select(member => member.Name).Order());
        Assert.Empty((await ListAsync(user.AccessToken)).GetProperty("subscriptions").EnumerateArray());
    }

    [Fact]
    public async Task A_user_may_have_twenty_subscriptions()
    {
        var user = await system.NewUserAsync();
        for (var i = 0; i < 20; i++)
            await (await SendAsync(HttpMethod.Post, user.AccessToken, body: NewBody())).JsonAsync(HttpStatusCode.Created);
        await (await SendAsync(HttpMethod.Post, user.AccessToken, body: NewBody())).ProblemAsync(HttpStatusCode.Conflict, "CONFLICT");
    }

    /// <summary>What <c>PushSubscription.toJSON()</c> gives.</summary>
    private static object NewBody() => new
    {
        endpoint = $"https://push.example.com/{Guid.NewGuid():n}",
        expirationTime = (long?)null,
        keys = new { p256dh = Base64Url.EncodeToString(NewPoint()), auth = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)) },
    };

    private static byte[] NewPoint()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string token, string path = "", object? body = null) =>
        system.Notifications.SendAsync(method, Subscriptions + path, token, body);

    private async Task<JsonElement> ListAsync(string token) => await (await SendAsync(HttpMethod.Get, token)).JsonAsync();
}
