using System.Collections.Concurrent;
using Airliner.Contracts.Events;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Kafka.Embedded;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Cluster;

/// <summary>
/// Four silos and four gateways, each a process of its own, with a broker in this process. A test may break it: the next one asks for it whole. A silo that
/// the others declare dead starts again, as a container does by its restart policy.
/// </summary>
public sealed class ServiceCluster(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly TimeSpan _startTime = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("airliner-cluster-").FullName;
    private readonly ConcurrentDictionary<Service, SystemProcess> _silos = [];
    private readonly Dictionary<Service, SystemProcess> _gateways = [];
    private readonly ConcurrentQueue<SystemProcess> _all = [];
    private EmbeddedBroker _broker = null!;

    internal ClusterPlan Plan { get; private set; } = null!;

    internal string Brokers => _broker.BootstrapServers;

    internal BrokerFaults Faults => _broker.Faults;

    internal IReadOnlyDictionary<Service, SystemProcess> Silos => _silos;

    internal IReadOnlyDictionary<Service, SystemProcess> Gateways => _gateways;

    /// <summary>What every process wrote, those that have ended included.</summary>
    internal string Logs => string.Concat(_all.Select(process => process.Log));

    public async ValueTask InitializeAsync()
    {
        _broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Topics = Topics.AllWithDeadLetters });
        Plan = await ClusterPlan.MakeAsync(postgres, _folder, _broker.BootstrapServers);
    }

    /// <summary>Starts what does not run, and waits until every gateway is ready.</summary>
    internal async Task WholeAsync()
    {
        foreach (var service in Service.All)
        {
            if (!IsRunning(_silos, service))
                StartSilo(service);
        }

        foreach (var service in Service.All)
        {
            if (!IsRunning(_gateways, service))
                _all.Enqueue(_gateways[service] = Plan.StartGateway(service));
        }

        using var client = Client();
        await Task.WhenAll(client.Gateways.Select(port => client.ReadyAsync(port, _startTime)));
    }

    /// <summary>Starts another silo of a service, where the last one was.</summary>
    internal void StartSilo(Service service)
    {
        var silo = _silos[service] = Plan.StartSilo(service);
        _all.Enqueue(silo);
        _ = RestartAsync();

        async Task RestartAsync()
        {
            if (await silo.Ended == SystemProcess.FailedFast)
                StartSilo(service);
        }
    }

    internal AirlinerClient Client() => new(
        Plan.RestPort(Service.Users), Plan.RestPort(Service.Tasks), Plan.RestPort(Service.Notifications), Plan.RestPort(Service.Auth));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_all.Select(process => process.DisposeAsync().AsTask()));
        await _broker.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsRunning(IReadOnlyDictionary<Service, SystemProcess> processes, Service service) =>
        processes.TryGetValue(service, out var process) && !process.HasExited;
}
