using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary><c>GET /cluster</c> of a cluster of one silo.</summary>
public sealed class ClusterEndpointsTests(RunningSystem system)
{
    [Fact]
    public async Task The_silo_is_shown_with_what_it_has()
    {
        await system.NewUserAsync();

        var silo = Assert.Single((await ClusterAsync()).GetProperty("silos").EnumerateArray());

        Assert.Equal("active", silo.GetProperty("status").GetString());
        Assert.True(silo.GetProperty("answers").GetBoolean());
        Assert.Matches(@"^127\.0\.0\.1:\d+@\d+$", silo.GetProperty("address").GetString());
        Assert.Equal(["auth", "notifications", "tasks", "users"], silo.GetProperty("services").EnumerateArray().Select(service => service.GetString()).Order());
        Assert.StartsWith("0.", silo.GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.InRange(silo.GetProperty("startedAt").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow());
        Assert.Empty(silo.GetProperty("failing").EnumerateArray());
        Assert.All(silo.GetProperty("grains").EnumerateArray(), grain => Assert.True(grain.GetProperty("count").GetInt32() > 0, $"{grain}"));
        Assert.Contains("UserGrain", silo.GetProperty("grains").EnumerateArray().Select(grain => grain.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Outboxes_and_consumers_are_those_of_all_services()
    {
        var cluster = await ClusterAsync();

        Assert.Equal(["auth", "notifications", "tasks", "users"], cluster.GetProperty("outboxes").EnumerateArray().Select(outbox => outbox.GetProperty("service").GetString()));
        Assert.All(cluster.GetProperty("outboxes").EnumerateArray(), outbox => Assert.True(outbox.GetProperty("depth").GetInt64() >= 0, $"{outbox}"));
        Assert.Equal(
            ["auth-service-group", "notification-service-group", "taskprocessing-service-group"],
            cluster.GetProperty("consumers").EnumerateArray().Select(consumer => consumer.GetProperty("group").GetString()).Distinct());
    }

    [Fact]
    public async Task Every_partition_of_a_consumed_topic_is_read_in_the_end_and_its_lag_known()
    {
        await Eventually.Get(ClusterAsync, cluster => cluster.GetProperty("consumers").EnumerateArray().All(IsRead), "every partition is read");

        static bool IsRead(JsonElement consumer) => consumer.GetProperty("partitions").GetInt32() == 12 && consumer.GetProperty("lag").GetInt64() >= 0;
    }

    private async Task<JsonElement> ClusterAsync()
    {
        using var answer = await system.Auth.SendAsync(HttpMethod.Get, "/cluster", await system.AdminTokenAsync());
        return (await answer.JsonAsync()).GetProperty("cluster");
    }
}
