using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Providers;
using Airliner.Notifications.Grains.Push;
using Airliner.Notifications.Silo;
using Airliner.Notifications.Silo.Push;
using Airliner.Notifications.Tests.Doubles;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Notifications.Tests.Push;

/// <summary>Messages reach the browsers that a user has subscribed, and nobody else can read or send them.</summary>
public sealed class WebPushTests(PostgresServer server) : IAsyncLifetime
{
    private const long Ada = 1001;

    private PushService _service = null!;
    private NotificationSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await PushService.StartAsync();
        _silo = await NotificationSilo.StartAsync(server, null, ("Outbound:AllowedHosts", _service.Host), ("Push:MostPerUser", "3"));
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _service.DisposeAsync();
    }

    private IUserPushSubscriptionsGrain Subscriptions => Of(Ada);

    private IUserPushSubscriptionsGrain Of(long userId) => _silo.Grains.GetGrain<IUserPushSubscriptionsGrain>(userId);

    private WebPushProvider Provider => _silo.Services.GetServices<IChannelProvider>().OfType<WebPushProvider>().Single();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_tests_decrypt_as_the_RFC_s_example_says()
    {
        // RFC 8291, section 5 and appendix A.
        var browser = Browser.WithKeys("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg");
        var body = Base64Url.DecodeFromChars(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");

        Assert.Equal("When I grow up, I want to be a watermelon", browser.Decrypt(body));
    }

    [Fact]
    public async Task A_message_is_encrypted_for_the_browser_and_signed_by_the_system()
    {
        var (browser, endpoint) = await SubscribeAsync();

        Assert.Equal("1 of 1 subscriptions took it.", await Provider.SendAsync(Message(7000), Cancel));

        var request = Assert.Single(_service.Of(endpoint));
        var payload = JsonElement.Parse(browser.Decrypt(request.Body));
        Assert.Equal(["title", "body", "notificationId", "eventType"], payload.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("Task 7 is done", "It took 3 s."), (payload.GetProperty("title").GetString(), payload.GetProperty("body").GetString()));
        Assert.Equal(("7000", "task_completed"), (payload.GetProperty("notificationId").GetString(), payload.GetProperty("eventType").GetString()));
        Assert.Equal(("aes128gcm", "86400", "n7000"), (request.Headers["Content-Encoding"], request.Headers["TTL"], request.Headers["Topic"]));
        await AssertSignedAsync(request);
    }

    [Fact]
    public async Task A_security_message_is_urgent()
    {
        var (_, endpoint) = await SubscribeAsync();

        await Provider.SendAsync(Message(7000) with { Category = NotificationCategories.Security }, Cancel);

        Assert.Equal("high", Assert.Single(_service.Of(endpoint)).Headers["Urgency"]);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_cut()
    {
        var (browser, endpoint) = await SubscribeAsync();

        foreach (var text in new[] { new string('x', 5000), string.Concat(Enumerable.Repeat("😀", 3000)), new string('"', 4000) })
            await Provider.SendAsync(Message(7000) with { Content = new("Title", text) }, Cancel);

        Assert.All(_service.Of(endpoint), request =>
        {
            Assert.InRange(request.Body.Length, 1500, 4096);
            var body = JsonElement.Parse(browser.Decrypt(request.Body)).GetProperty("body").GetString()!;
            Assert.EndsWith("…", body, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', body);
        });
        Assert.Equal(3, _service.Of(endpoint).Count);
    }

    [Fact]
    public async Task Every_browser_is_told_and_one_that_takes_it_is_enough()
    {
        var (_, first) = await SubscribeAsync();
        var (_, second) = await SubscribeAsync(answer: 503);
        var (_, third) = await SubscribeAsync();

        Assert.Equal("2 of 3 subscriptions took it.", await Provider.SendAsync(Message(7000), Cancel));

        Assert.Equal((1, 1, 1), (_service.Of(first).Count, _service.Of(second).Count, _service.Of(third).Count));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_subscription_that_is_gone_is_removed(int answer)
    {
        var (_, gone) = await SubscribeAsync(answer);

        var refused = await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel));

        Assert.Equal(($"127.0.0.1 answered {answer}: the subscription is gone.", false), (refused.Message, refused.MayBeTriedAgain));
        Assert.Empty(await Subscriptions.List());
        Assert.Equal("The user has no push subscription.", (await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel))).Message);
        Assert.Single(_service.Of(gone));
    }

    [Fact]
    public async Task A_push_service_that_wants_to_be_left_alone_is_and_the_soonest_of_several_counts()
    {
        await SubscribeAsync(429, "600");
        await SubscribeAsync(503, "60");
        await SubscribeAsync(413, "1");

        var refused = await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel));
        var round = await _silo.Services.GetRequiredService<ChannelRouter>().DeliverAsync(Channels.Push, Message(7000));

        Assert.Equal((true, TimeSpan.FromMinutes(1)), (refused.MayBeTriedAgain, refused.RetryAfter));
        Assert.Equal((DeliveryOutcome.Failed, TimeSpan.FromMinutes(1)), (round.Outcome, round.RetryAfter));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(302)]
    public async Task What_a_push_service_refuses_is_never_taken(int answer)
    {
        var (_, endpoint) = await SubscribeAsync(answer);

        var refused = await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel));

        Assert.Equal(($"127.0.0.1 answered {answer}.", false), (refused.Message, refused.MayBeTriedAgain));
        Assert.Single(_service.Of(endpoint));
        Assert.Single(await Subscriptions.List());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_a_push_service_cannot_take_now_may_be_tried_again(int answer)
    {
        var (_, endpoint) = await SubscribeAsync(answer);
        await SubscribeAsync(413);

        var trouble = await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel));

        Assert.Contains($"answered {answer}.", trouble.Message, StringComparison.Ordinal);
        Assert.True(trouble.MayBeTriedAgain);
        // Repeats are the delivery's, not the library's.
        Assert.Single(_service.Of(endpoint));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_token_that_is_not_accepted_is_no_refusal_and_closes_the_provider_to_nobody(int answer)
    {
        await Of(1002).Add(new Browser().SubscribeAt(_service.NewEndpoint(answer)));
        await SubscribeAsync(answer);
        await SubscribeAsync(413);
        await Of(1003).Add(new Browser().SubscribeAt(_service.NewEndpoint()));
        var router = _silo.Services.GetRequiredService<ChannelRouter>();

        for (var i = 0; i < 40; i++)
        {
            var round = await DeliverAsync(i % 2 == 0 ? 1002 : Ada);
            Assert.Equal(DeliveryOutcome.Failed, round.Outcome);
            Assert.Contains($"127.0.0.1 answered {answer}: it does not accept this system's token.", round.Attempts[0].Error, StringComparison.Ordinal);
        }

        Assert.Equal(DeliveryOutcome.Sent, (await DeliverAsync(1003)).Outcome);

        Task<DeliveryRound> DeliverAsync(long userId) => router.DeliverAsync(Channels.Push, Message(7000) with { UserId = userId });
    }

    [Fact]
    public async Task A_token_that_one_push_service_does_not_accept_may_be_good_later_and_for_another_now()
    {
        await SubscribeAsync(403, "60");
        Assert.Equal(TimeSpan.FromMinutes(1), (await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel))).RetryAfter);
        Assert.Single(await Subscriptions.List());

        await SubscribeAsync();
        Assert.Equal("1 of 2 subscriptions took it.", await Provider.SendAsync(Message(7000), Cancel));
    }

    [Fact]
    public async Task A_push_service_that_is_away_is_tried_again_and_a_private_address_is_not_spoken_to()
    {
        var browser = new Browser();
        await Subscriptions.Add(browser.SubscribeAt("https://127.0.0.1/push"));
        var refused = await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel));
        Assert.Contains("private, local or reserved", refused.Message, StringComparison.Ordinal);

        await SubscribeAsync();
        await _service.DisposeAsync();
        Assert.True((await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel))).MayBeTriedAgain);
    }

    [Fact]
    public async Task A_browser_is_subscribed_once_and_is_the_one_s_who_is_logged_in_there()
    {
        var (browser, endpoint) = await SubscribeAsync();
        var renewed = new Browser();

        var again = await Subscriptions.Add(renewed.SubscribeAt(endpoint));
        Assert.Equal((AddPushSubscriptionOutcome.Renewed, Assert.Single(await Subscriptions.List())), (again.Outcome, again.Subscription));
        await Provider.SendAsync(Message(7000), Cancel);
        Assert.NotEmpty(renewed.Decrypt(_service.Of(endpoint)[0].Body));

        Assert.Equal(AddPushSubscriptionOutcome.Added, (await Of(1002).Add(browser.SubscribeAt(endpoint))).Outcome);
        Assert.Empty(await Subscriptions.List());
        Assert.Equal(endpoint, Assert.Single(await Of(1002).List()).Endpoint);
    }

    [Fact]
    public async Task A_subscription_of_before_the_server_key_was_changed_keeps_nothing_from_the_others()
    {
        var (_, before) = await SubscribeAsync();
        var database = _silo.Services.GetRequiredKeyedService<NpgsqlDataSource>(NotificationsModule.Service);
        await using (var command = database.CreateCommand("update push_subscriptions set keys = set_byte(keys, 40, 255 - get_byte(keys, 40))"))
            await command.ExecuteNonQueryAsync(Cancel);
        Assert.True((await Assert.ThrowsAsync<RecipientUnreachableException>(() => Provider.SendAsync(Message(7000), Cancel))).MayBeTriedAgain);

        var (browser, after) = await SubscribeAsync();
        await Provider.SendAsync(Message(7000), Cancel);

        Assert.Empty(_service.Of(before));
        Assert.NotEmpty(browser.Decrypt(_service.Of(after)[0].Body));
    }

    [Fact]
    public async Task A_user_has_so_many_subscriptions_and_removes_none_but_the_own()
    {
        for (var i = 0; i < 3; i++)
            await SubscribeAsync();
        var refused = await Subscriptions.Add(new Browser().SubscribeAt(_service.NewEndpoint()));
        Assert.Equal((AddPushSubscriptionOutcome.TooMany, null, 3), (refused.Outcome, refused.Subscription, refused.MostPerUser));

        var one = (await Subscriptions.List())[1].SubscriptionId;
        Assert.False(await Of(1002).Remove(one));
        Assert.True(await Subscriptions.Remove(one));
        Assert.False(await Subscriptions.Remove(one));
        Assert.Equal(2, (await Subscriptions.List()).Count);
    }

    [Fact]
    public async Task Keys_are_sealed_in_the_table_and_all_goes_with_the_user()
    {
        var (browser, endpoint) = await SubscribeAsync();
        var database = _silo.Services.GetRequiredKeyedService<NpgsqlDataSource>(NotificationsModule.Service);
        await using (var command = database.CreateCommand("select keys from push_subscriptions"))
        {
            var kept = (byte[])(await command.ExecuteScalarAsync(Cancel))!;
            Assert.Equal((-1, -1), (kept.AsSpan().IndexOf(browser.Auth), kept.AsSpan().IndexOf(browser.PublicKey)));
        }

        var data = _silo.Grains.GetGrain<Contracts.PersonalData.INotificationsPersonalData>(0);
        var exported = JsonElement.Parse(await data.Export(Ada)).GetProperty("pushSubscriptions");
        Assert.Equal(endpoint, exported[0].GetProperty("endpoint").GetString());
        await data.Erase(Ada);

        Assert.Empty(await Subscriptions.List());
        Assert.Equal(AddPushSubscriptionOutcome.UserIsErased, (await Subscriptions.Add(browser.SubscribeAt(endpoint))).Outcome);
        Assert.False(JsonElement.Parse(await data.Export(Ada)).TryGetProperty("pushSubscriptions", out _));
    }

    [Fact]
    public void A_key_belongs_to_its_secret_and_is_read_as_generators_write_one()
    {
        var key = VapidKey.DerivedFrom(new byte[32]);
        Assert.Equal((key.PrivateKey, key.PublicKey), (VapidKey.DerivedFrom(new byte[32]).PrivateKey, VapidKey.Parse(key.PrivateKey).PublicKey));
        Assert.NotEqual(key.PublicKey, VapidKey.DerivedFrom([1, .. new byte[31]]).PublicKey);

        var zero = Base64Url.EncodeToString(new byte[32]);
        Assert.All([zero, zero[1..], "no key", "_" + new string('_', 42)], text => Assert.Throws<FormatException>(() => VapidKey.Parse(text)));
    }

    private async Task<(Browser Browser, string Endpoint)> SubscribeAsync(int answer = 201, string? retryAfter = null)
    {
        var (browser, endpoint) = (new Browser(), _service.NewEndpoint(answer, retryAfter));
        Assert.Equal(AddPushSubscriptionOutcome.Added, (await Subscriptions.Add(browser.SubscribeAt(endpoint))).Outcome);
        return (browser, endpoint);
    }

    /// <summary>As RFC 8292 says of a push service: the token is for it, is signed with the key beside it, and that is the key that browsers subscribe with.</summary>
    private async Task AssertSignedAsync(PushRequest request)
    {
        var (scheme, parameters) = request.Headers["Authorization"].Split(' ', 2) is [var first, var rest] ? (first, rest) : ("", "");
        Assert.Equal("vapid", scheme);
        var values = parameters.Split(',', StringSplitOptions.TrimEntries).ToDictionary(part => part[..1], part => part[2..]);
        Assert.Equal(await Subscriptions.GetPublicKey(), values["k"]);

        var point = Base64Url.DecodeFromChars(values["k"]);
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        var token = values["t"].Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256));
        Assert.Equal("ES256", JsonElement.Parse(Base64Url.DecodeFromChars(token[0])).GetProperty("alg").GetString());
        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(token[1]));
        Assert.Equal((_service.Origin, "mailto:no-reply@airliner.example"), (claims.GetProperty("aud").GetString(), claims.GetProperty("sub").GetString()));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        Assert.InRange(claims.GetProperty("exp").GetInt64(), now, now + (24 * 60 * 60));
    }

    private static OutgoingNotification Message(long id) => new(
        id, DateTimeOffset.UnixEpoch, Ada, "task_completed", NotificationCategories.Tasks, $"{Ada}", "Ada", new RenderedNotification("Task 7 is done", "It took 3 s."))
    {
        Date = DateTimeOffset.UnixEpoch,
    };
}
