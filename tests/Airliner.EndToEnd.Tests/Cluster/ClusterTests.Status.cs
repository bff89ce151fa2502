using System.Globalization;
using System.Text.Json;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>What <c>airliner status</c> shows of it.</summary>
public sealed partial class ClusterTests
{
    [Fact]
    public async Task The_status_shows_a_silo_that_is_added_the_work_that_it_takes_and_that_it_was_killed()
    {
        var before = await StatusAsync(status => status.IsHealthy, "all is well");
        Assert.Equal(0, before.Code);
        Assert.All(Service.All, service => Assert.Single(before.Answering(NameOf(service))));

        await using var second = StartSecondSilo();
        var both = await StatusAsync(status => status.Answering("tasks").Count() == 2, "the silo that was added is shown");
        var known = before.Silos.Select(Address).ToHashSet();
        var added = Address(Assert.Single(both.Answering("tasks"), silo => !known.Contains(Address(silo))));

        await _client.RegisterAndLogInAsync();
        var fileId = await _client.UploadAsync(BigCsv.Rows(300_000, seed: 3));
        using var working = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var work = KeepBusyAsync(fileId, working.Token);
        // Not at the same moment: a few tasks that start together may all be in one silo, and the next in the other.
        var busy = new HashSet<string>();
        await StatusAsync(
            status =>
            {
                busy.UnionWith(status.Answering("tasks").Where(IsBusy).Select(Address));
                return busy.Count == 2;
            },
            "both silos have run tasks");
        await working.CancelAsync();
        await work;

        await second.KillAsync();
        var after = await StatusAsync(
            status => status.Silos.Any(silo => Address(silo) == added && silo.GetProperty("status").GetString() == "dead") && status.IsHealthy,
            "the silo that was killed is shown as dead, and all is well without it");
        Assert.Equal(0, after.Code);
        var dead = after.Silos.Single(silo => Address(silo) == added);
        Assert.False(dead.GetProperty("answers").GetBoolean());
        Assert.StartsWith("taskprocessing-", dead.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_names_a_service_whose_only_silo_does_not_answer()
    {
        await StatusAsync(status => status.IsHealthy, "all is well");

        cluster.Silos[Service.Notifications].Signal(Signals.Freeze);
        // In one run: a silo that is slow to answer is missed in another.
        var status = await StatusAsync(
            status => status.Problems.Contains("No silo of notifications is active and answers.")
                && status.Problems.Any(problem => problem.StartsWith("The gateway of notifications at ", StringComparison.Ordinal))
                && new[] { "users", "auth", "tasks" }.All(service => status.Answering(service).Count() == 1),
            "the silo and its gateway are missed, and no other");

        Assert.Equal(1, status.Code);
        await cluster.Silos[Service.Notifications].KillAsync();
    }

    private static bool IsBusy(JsonElement silo) => silo.GetProperty("runningTasks").EnumerateArray().Any(type => type.GetProperty("count").GetInt32() > 0);

    private static string Address(JsonElement silo) => silo.GetProperty("address").GetString()!;

    private static string NameOf(Service service) => service.Name.ToLowerInvariant();

    private SystemProcess StartSecondSilo()
    {
        var ports = LoopbackPort.Free(3).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        return cluster.Plan.StartSilo(Service.Tasks, [new("Cluster__SiloPort", ports[0]), new("Cluster__GatewayPort", ports[1]), new("Health__Port", ports[2])]);
    }

    /// <summary>Has tasks under way all the time, a few at once.</summary>
    private async Task KeepBusyAsync(long fileId, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var tasks = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => CreatedAsync(_client.CreateTaskAsync(fileId, BigCsv.Sort))));
            foreach (var taskId in tasks.OfType<long>())
                await _client.EndedAsync(taskId, _patience * 2);
        }
    }

    /// <summary>Asks until the status is the one that is waited for.</summary>
    private Task<StatusRun> StatusAsync(Func<StatusRun, bool> isWanted, string what) => Eventually.Get(
        () => StatusRun.OfAsync(
            new Dictionary<string, string>
            {
                ["AIRLINER_ADMIN_PASSWORD"] = ClusterPlan.AdminPassword,
                ["USERMANAGEMENT_PORTS"] = $"{_client.Users}",
                ["TASKPROCESSING_PORTS"] = $"{_client.Tasks}",
                ["NOTIFICATION_PORTS"] = $"{_client.Notifications}",
                ["AUTH_PORTS"] = $"{_client.Auth}",
            },
            "--json"),
        status => status.IsJson && isWanted(status),
        _patience * 4,
        what);
}
