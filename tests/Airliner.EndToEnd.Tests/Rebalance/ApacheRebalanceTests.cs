using System.Globalization;
using Airliner.Embedded;
using Airliner.EndToEnd.Tests.Processes;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Rebalance;

/// <summary>On a real Apache Kafka, run by <see cref="KafkaScript"/>.</summary>
public sealed class ApacheRebalanceTests(PostgresServer postgres) : RebalanceFacts(postgres)
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"airliner-test-kafka-{Guid.NewGuid():n}");

    // The controller takes the one after the broker's.
    private readonly int _port = LoopbackPort.FreeRow(2);

    private readonly KafkaScript? _script = KafkaScript.Find();
    private int _brokerId;

    protected override string Brokers => $"127.0.0.1:{_port}";

    protected override async Task StartBrokerAsync()
    {
        Assert.SkipWhen(_script is null, KafkaScript.Missing);
        await RunAsync("start");
        using var broker = _script!.Broker(_data);
        _brokerId = broker!.Id;
        Reaper.Watch(_brokerId);
    }

    protected override async Task StopBrokerAsync()
    {
        await RunAsync("clean");
        Reaper.Forget(_brokerId);
    }

    private Task RunAsync(string command) => _script!.RunAsync(command, "--port", _port.ToString(CultureInfo.InvariantCulture), "--data", _data);
}
