using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Airliner.Contracts.Auth;
using Airliner.ServiceDefaults.Cluster;
using Airliner.ServiceDefaults.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>A gateway's verifier over years, with a clock and an auth service of the test's own.</summary>
public sealed class ForgottenKeyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ServiceProvider _gateway;
    private IReadOnlyList<PublicKey> _published = [];
    private bool _isAway;

    public ForgottenKeyTests()
    {
        var keys = StandIn.Of<ISigningKeysGrain>((_, _) => _isAway ? Task.FromException<IReadOnlyList<PublicKey>>(new InvalidOperationException("away")) : Task.FromResult(_published));
        var news = new RevocationNews(new RevocationPosition(Guid.NewGuid(), 0), IsAll: true, []);
        var revocations = StandIn.Of<IRevocationsGrain>(
            (_, arguments) => arguments[0] is null ? Task.FromResult(news) : new TaskCompletionSource<RevocationNews>().Task);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Gateway:GoodWithoutRevocations", (string?)"10.00:00:00")]).Build();
        _gateway = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time).AddSingleton(StandIn.Factory(keys, revocations)).AddSingleton<GrainCalls>()
            .AddBearerAuthentication(configuration).BuildServiceProvider();
        Publish(_key, "first");
    }

    public async ValueTask InitializeAsync()
    {
        foreach (var service in _gateway.GetServices<IHostedService>().OfType<BackgroundService>())
            await service.StartAsync(TestContext.Current.CancellationToken);
        // What is revoked has to be known before any token is judged.
        var health = _gateway.GetRequiredService<HealthCheckService>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await health.CheckHealthAsync(patience.Token)).Status != HealthStatus.Healthy)
            await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _key.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60 * 24)]
    public async Task A_key_that_was_forgotten_while_nobody_asked_is_not_good_any_more(int minutes)
    {
        Assert.True(await IsGoodAsync());
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Publish(next, "next");

        _time.Advance(TimeSpan.FromMinutes(minutes));

        Assert.False(await IsGoodAsync());
    }

    [Fact]
    public async Task Keys_that_are_known_stay_good_while_the_auth_service_is_away()
    {
        Assert.True(await IsGoodAsync());
        _isAway = true;

        _time.Advance(TimeSpan.FromDays(1));

        Assert.True(await IsGoodAsync());
    }

    private void Publish(ECDsa key, string keyId)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        _published = [new(keyId, Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y))];
    }

    /// <summary>Whether a new token of the first key is good now.</summary>
    private async Task<bool> IsGoodAsync()
    {
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = "first", ["typ"] = "at+jwt" };
        var payload = new JsonObject
        {
            ["iss"] = Contracts.AccessTokens.DefaultIssuer,
            ["aud"] = "airliner",
            ["sub"] = "1000",
            ["client_id"] = "airliner",
            ["sid"] = "s_1",
            ["jti"] = $"{Guid.NewGuid():n}",
            ["iat"] = now,
            ["exp"] = now + 900,
            ["roles"] = new JsonArray("user"),
            ["preferred_username"] = "ada",
        };
        return (await _gateway.GetRequiredService<AccessTokenVerifier>().VerifyAsync(Jwt.Sign(header, payload, Jwt.Es256(_key)))).IsValid;
    }
}
