using System.Globalization;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>Streams over gRPC while a silo is lost.</summary>
public sealed partial class ClusterTests
{
    [Fact]
    public async Task A_gRPC_watcher_that_goes_on_at_another_gateway_when_the_silo_is_killed_sees_each_event_once_as_does_one_that_stays()
    {
        await _client.RegisterAndLogInAsync();
        var ports = LoopbackPort.Free(2);
        await using var other = cluster.Plan.StartGateway(Service.Tasks, [new("Gateway__RestPort", Text(ports[0])), new("Gateway__GrpcPort", Text(ports[1]))]);
        await _client.ReadyAsync(ports[0], _patience * 4);
        int[] gateways = [cluster.Plan.GrpcPort(Service.Tasks), ports[1]];
        var fileId = await _client.UploadAsync(BigCsv.Rows(300_000, seed: 4));

        // A task that has ended before its silo is killed shows nothing: another is made.
        var (stays, moves) = await WatchWhileKilledAsync(fileId, gateways);
        for (var tries = 1; tries < 3 && !stays.Any(one => one.Type == "task_retried"); tries++)
            (stays, moves) = await WatchWhileKilledAsync(fileId, gateways);

        Assert.Equal(Enumerable.Range(1, stays.Count).Select(sequence => (long)sequence), stays.Select(one => one.Sequence));
        Assert.Equal(
            ["task_created", "task_started", "task_retried", "task_started", "task_completed"],
            stays.Select(one => one.Type).Where(type => type != "task_progressed"));
        Assert.Equal(stays, moves);

        static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What two clients see of a big task to its end while the silo that runs it is killed and started again: one keeps to its gateway for as long as that serves it.</summary>
    private async Task<(IReadOnlyList<(long Sequence, string Type)> Stays, IReadOnlyList<(long Sequence, string Type)> Moves)> WatchWhileKilledAsync(long fileId, int[] gateways)
    {
        var created = await Eventually.Get(() => _client.CreateTaskAsync(fileId, BigCsv.Sort), answer => answer.Status == 201, _patience, "a task is acknowledged");
        var taskId = created["task"].GetProperty("taskId").GetInt64();
        using var stays = new WatchClient(_client.AccessToken, gateways);
        using var moves = new WatchClient(_client.AccessToken, gateways);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(_patience * 2);
        var watching = Task.WhenAll(stays.RunAsync(taskId, end.Token), moves.RunAsync(taskId, end.Token));
        await Eventually.True(() => Task.FromResult(watching.IsFaulted || new[] { stays, moves }.All(one => one.Seen.Any(seen => seen.Type == "task_started"))), _patience, "the task runs");

        await cluster.Silos[Service.Tasks].KillAsync();
        await moves.LeaveAsync();
        cluster.StartSilo(Service.Tasks);

        await watching;
        return (stays.Seen, moves.Seen);
    }
}
