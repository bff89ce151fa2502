using System.Net;
using Airliner.Auth.Silo;
using Airliner.Contracts.Auth;
using Airliner.Embedded;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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

    private IHost AuthSilo(string database)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Postgres:Auth:ConnectionString"] = database,
            ["Kafka:BootstrapServers"] = system.BootstrapServers,
            ["AIRLINER_SERVICE_CLIENT_ID"] = "c_first",
            ["AIRLINER_SERVICE_CLIENT_SECRET"] = "a secret of some length",
        });
        var ports = LoopbackPort.Free(2);
        builder.UseOrleans(silo => silo.UseSingleSilo(ports[0], ports[1]).AddAuth(builder.Configuration));
        return builder.Build();
    }

    private Task<string> KeysAsync() => system.Auth.Http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative));
}
