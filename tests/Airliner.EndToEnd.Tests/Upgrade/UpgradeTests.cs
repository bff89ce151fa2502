using System.Globalization;
using Airliner.Contracts.Events;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Cluster;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Upgrade;

/// <summary>This version and a later one in one cluster and on one database, as while silos and gateways are replaced one after the other, and back.</summary>
[Collection(ClusterPlan.Collection)]
public sealed class UpgradeTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>, IAsyncLifetime
{
    private const int Tasks = 20;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    private readonly AirlinerClient _client = cluster.Client();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("airliner-next-");
    private readonly int[] _ports = LoopbackPort.Free(5);
    private readonly List<long> _made = [];
    private SystemProcess? _silo;
    private SystemProcess? _gateway;

    private int LaterRest => _ports[3];

    public async ValueTask InitializeAsync() => await FailureLog.WithAsync(cluster.WholeAsync, () => cluster.Logs);

    public async ValueTask DisposeAsync()
    {
        FailureLog.WriteIfFailed(cluster.Logs + _silo?.Log + _gateway?.Log);
        foreach (var process in new[] { _silo, _gateway }.OfType<SystemProcess>())
            await process.DisposeAsync();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Tasks_go_on_while_silos_and_gateways_of_two_versions_serve_them_and_after_the_way_back()
    {
        await _client.RegisterAndLogInAsync();
        await NextVersion.MigrateAsync(cluster.Plan);
        await StartLaterAsync();

        // Both silos, by both gateways.
        await DoneByAsync(_client.Tasks);
        await DoneByAsync(LaterRest);

        // The later silo alone.
        Assert.Equal(0, await cluster.Silos[Service.Tasks].StopAsync());
        await DoneByAsync(_client.Tasks);
        await DoneByAsync(LaterRest);

        // Back: this version's silo starts on the later schema.
        cluster.StartSilo(Service.Tasks);
        await _client.ReadyAsync(cluster.Plan.HealthPort(Service.Tasks), _patience);
        Assert.Equal(0, await _silo!.StopAsync());
        await DoneByAsync(_client.Tasks);
        await DoneByAsync(LaterRest);

        using var kafka = new KafkaReader(cluster.Brokers, Topics.Tasks);
        await kafka.UntilAsync(seen => _made.TrueForAll(task => EndsOf(seen, task) > 0), _patience, "the end of every task");
        Assert.All(_made, task => Assert.Equal(1, EndsOf(kafka.Seen, task)));
        Assert.Contains("900_what_a_later_version_adds.sql of tasks, which this version does not know", cluster.Silos[Service.Tasks].Output, StringComparison.Ordinal);
    }

    private async Task StartLaterAsync()
    {
        _silo = cluster.Plan.StartSilo(NextVersion.Of(Service.Tasks.Silo, _folder.FullName), Service.Tasks, new Dictionary<string, string>
        {
            ["Cluster__SiloPort"] = Text(_ports[0]),
            ["Cluster__GatewayPort"] = Text(_ports[1]),
            ["Health__Port"] = Text(_ports[2]),
        });
        _gateway = cluster.Plan.StartGateway(NextVersion.Of(Service.Tasks.Gateway, _folder.FullName), Service.Tasks, new Dictionary<string, string>
        {
            ["Gateway__RestPort"] = Text(LaterRest),
            ["Gateway__GrpcPort"] = Text(_ports[4]),
        });
        await _client.ReadyAsync(_ports[2], _patience);
        await _client.ReadyAsync(LaterRest, _patience);
    }

    /// <summary>Creates tasks by a gateway, which shows all that were made so far to be done.</summary>
    private async Task DoneByAsync(int port)
    {
        const string path = $"{AirlinerClient.Monitor}/tasks";
        var body = new { parameters = new { source = new { csv = "a,b\n1,2\n" } } };
        for (var i = 0; i < Tasks; i++)
        {
            // A silo that stops, or starts, is a moment of 503, or of no answer.
            var answer = await Eventually.Get(() => _client.PostAsync(port, path, body), answer => answer.Status is not (0 or 503), _patience, "a task is created");
            _made.Add(answer.Expect(201)["task"].GetProperty("taskId").GetInt64());
        }

        foreach (var task in _made)
        {
            var ended = await Eventually.Get(
                () => _client.GetAsync(port, $"{path}/{task}"), answer => answer.Status == 200 && StatusOf(answer) is ("completed" or "failed"), _patience, $"task {task} has ended");
            Assert.Equal("completed", StatusOf(ended));
        }
    }

    private static string? StatusOf(Answer answer) => answer["task"].GetProperty("status").GetString();

    private static int EndsOf(List<SeenEvent> seen, long task) =>
        seen.Where(one => one.Key == Text(task) && one.Type == "task_completed").Select(one => one.Id).Distinct().Count();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
