using System.Text.Json;
using Airliner.Compose.Tests.Engine;
using Airliner.Compose.Tests.Load;
using Airliner.Testing;

namespace Airliner.Compose.Tests;

/// <summary>What docker-compose.yml brings up.</summary>
public sealed class StackTests(ComposedSystem system) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await system.UpAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_user_logs_in_has_a_task_done_and_is_told_of_it() => await Demo.RunAsync(system);

    [Fact]
    public async Task The_gateways_the_mails_and_Kafka_are_reached_from_this_machine_and_nothing_else_is()
    {
        int[] documented = [1080, 5001, 5002, 5003, 5004, 29092];
        var published = (await InspectAsync())
            .SelectMany(container => container.GetProperty("HostConfig").GetProperty("PortBindings").EnumerateObject())
            .SelectMany(port => port.Value.EnumerateArray())
            .Select(binding => $"{binding.GetProperty("HostIp").GetString()}:{binding.GetProperty("HostPort").GetString()}");

        Assert.Equal(documented.Select(port => $"127.0.0.1:{port}").Order(), published.Order());
    }

    [Fact]
    public async Task Processes_of_ours_have_no_privilege_and_write_to_no_image()
    {
        foreach (var container in await InspectAsync([.. ComposedSystem.Silos, .. ComposedSystem.Gateways]))
        {
            var host = container.GetProperty("HostConfig");
            Assert.Equal(["ALL"], host.GetProperty("CapDrop").EnumerateArray().Select(one => one.GetString()));
            Assert.Contains("no-new-privileges:true", host.GetProperty("SecurityOpt").EnumerateArray().Select(one => one.GetString()));
            Assert.True(host.GetProperty("ReadonlyRootfs").GetBoolean());
            Assert.NotEqual("0", (await system.RunAsync("docker", "exec", container.GetProperty("Id").GetString()!, "id", "-u")).Trim());
        }
    }

    [Fact]
    public async Task Every_container_has_a_limit_of_memory_a_health_check_and_a_policy_to_start_it_again()
    {
        foreach (var container in await InspectAsync())
        {
            var name = container.GetProperty("Name").GetString();
            var host = container.GetProperty("HostConfig");
            Assert.True(host.GetProperty("Memory").GetInt64() > 0, $"{name} has no limit of memory.");
            Assert.True(host.GetProperty("RestartPolicy").GetProperty("Name").GetString() == "unless-stopped", $"{name} is not started again.");
            Assert.True(container.GetProperty("State").TryGetProperty("Health", out _), $"{name} has no health check.");
        }
    }

    [Fact]
    public async Task No_secret_is_in_the_environment_of_a_container()
    {
        var secrets = Directory.EnumerateFiles(Path.Combine(Repository.Root, "secrets")).Select(File.ReadAllText).ToArray();
        Assert.NotEmpty(secrets);
        foreach (var container in await InspectAsync())
        {
            var config = container.GetProperty("Config").GetRawText();
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, config, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("usermanagement-silo")]
    [InlineData("auth-silo")]
    public async Task The_audit_log_is_whole_and_can_be_checked(string silo) => await system.ComposeAsync("run", "--rm", "--no-deps", silo, "audit", "verify");

    [Fact]
    public async Task A_gateway_is_not_ready_while_its_services_database_is_away()
    {
        using var client = new Client();
        Assert.True(await client.AllReadyAsync());

        await system.ComposeAsync("stop", "notification-db");
        await Eventually.True(async () => !await client.AllReadyAsync(), TimeSpan.FromMinutes(3), "the notification gateway is not ready");

        await system.StartAsync();
        await Eventually.True(client.AllReadyAsync, TimeSpan.FromMinutes(3), "all gateways are ready again");
    }

    private async Task<JsonElement[]> InspectAsync(params IEnumerable<string> services) =>
        [.. JsonElement.Parse(await system.RunAsync("docker", ["inspect", .. await system.ContainersAsync(services)])).EnumerateArray()];
}
