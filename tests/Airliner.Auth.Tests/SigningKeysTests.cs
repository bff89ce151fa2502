using System.Net;
using System.Security.Cryptography;
using Airliner.Auth.Silo;
using Airliner.Contracts.Auth;
using Airliner.Embedded;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orleans.Storage;
using Xunit;

namespace Airliner.Auth.Tests;

/// <summary>Restarts the system, so it runs while no other test does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(Alone))]
public sealed class SigningKeysTests(RunningSystem system)
{
    [Fact]
    public async Task Tokens_and_keys_outlive_a_restart()
    {
        var user = await system.NewUserAsync();
        var before = await KeysAsync();

        await system.RestartAsync();

        Assert.Equal(before, await KeysAsync());
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"/api/v1/airliner/users/{user.UserId}", user.AccessToken);
        await answer.JsonAsync(HttpStatusCode.OK);
        await system.LogInAsync(user.Username, user.Password);
    }

    [Fact]
    public async Task Two_silos_that_make_the_first_key_at_once_agree_on_one()
    {
        // Two clusters on one database: what two silos are that do not know of one another yet.
        var database = await system.Postgres.CreateDatabaseAsync();
        using var one = AuthSilo(database);
        using var two = AuthSilo(database);
        await Task.WhenAll(one.StartAsync(TestContext.Current.CancellationToken), two.StartAsync(TestContext.Current.CancellationToken));

        var keys = await Task.WhenAll(KeyAsync(one), KeyAsync(two));

        Assert.Equal(keys[0], keys[1]);
        await Task.WhenAll(one.StopAsync(TestContext.Current.CancellationToken), two.StopAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Keys_follow_one_another_and_the_last_ones_tokens_stay_good()
    {
        using var silo = AuthSilo(
            await system.Postgres.CreateDatabaseAsync(), ("SigningKeys:Announced", "00:00:00"), ("SigningKeys:Signing", "00:00:00.300"));
        await silo.StartAsync(TestContext.Current.CancellationToken);
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0);
        var first = await grain.GetSigningKey();

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var next = first;
        while (next.KeyId == first.KeyId)
            next = await grain.GetSigningKey().WaitAsync(patience.Token);

        Assert.NotEqual(first.PrivateKey, next.PrivateKey);
        Assert.Superset(new HashSet<string> { first.KeyId, next.KeyId }, (await grain.GetPublicKeys()).Select(key => key.KeyId).ToHashSet());
        await silo.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_private_key_is_stored_sealed_and_only_the_server_key_opens_it()
    {
        var database = await system.Postgres.CreateDatabaseAsync();
        SigningKey key;
        using (var silo = AuthSilo(database))
        {
            await silo.StartAsync(TestContext.Current.CancellationToken);
            key = await silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0).GetSigningKey();
            await silo.StopAsync(TestContext.Current.CancellationToken);
        }

        var stored = await StoredAsync(database);
        Assert.Contains(key.KeyId, stored, StringComparison.Ordinal);
        // PKCS#8 ends with the public point; what precedes it is the private number, of which 24 bytes are sought at whatever offset base64 has them.
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.PrivateKey, out _);
        var secret = ecdsa.ExportParameters(includePrivateParameters: true).D!;
        for (var offset = 0; offset < 3; offset++)
            Assert.DoesNotContain(Convert.ToBase64String(secret[offset..(offset + 24)]), stored, StringComparison.Ordinal);

        using var other = AuthSilo(database, ("AIRLINER_SERVER_KEY", new string('b', 32)));
        await other.StartAsync(TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => other.Services.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0).GetSigningKey());
        Assert.Contains("AIRLINER_SERVER_KEY", refused.Message, StringComparison.Ordinal);
        await other.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("AIRLINER_SERVER_KEY", "short")]
    [InlineData("SigningKeys:Retired", "00:10:00")]
    public async Task A_setting_that_cannot_be_used_is_named_at_the_start(string setting, string value)
    {
        var database = await system.Postgres.CreateDatabaseAsync();

        var refused = Assert.Throws<InvalidOperationException>(() => AuthSilo(database, (setting, value)));

        Assert.Contains(setting, refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string> StoredAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("select string_agg(convert_from(payload, 'UTF8'), ' ') from grain_state");
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    private static async Task<string> KeyAsync(IHost silo)
    {
        var grain = silo.Services.GetRequiredService<IGrainFactory>().GetGrain<ISigningKeysGrain>(0);
        try
        {
            return Assert.Single(await grain.GetPublicKeys()).KeyId;
        }
        catch (InconsistentStateException)
        {
            // The other was first; a gateway asks once more, too.
            return Assert.Single(await grain.GetPublicKeys()).KeyId;
        }
    }

    private IHost AuthSilo(string database, params (string Name, string Value)[] settings)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:Auth:ConnectionString"] = database,
            ["Kafka:BootstrapServers"] = system.BootstrapServers,
            ["AIRLINER_SERVICE_CLIENT_ID"] = "c_first",
            ["AIRLINER_SERVICE_CLIENT_SECRET"] = "a-secret-of-some-length",
            ["AIRLINER_SERVER_KEY"] = new string('a', 32),
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        var ports = LoopbackPort.Free(2);
        builder.UseOrleans(silo => silo.UseSingleSilo(ports[0], ports[1]).AddAuth(builder.Configuration));
        return builder.Build();
    }

    private Task<string> KeysAsync() => system.Auth.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative));
}
