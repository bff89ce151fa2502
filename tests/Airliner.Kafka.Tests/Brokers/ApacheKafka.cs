using Airliner.Embedded;
using Airliner.Testing;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

[assembly: AssemblyFixture(typeof(Airliner.Kafka.Tests.Brokers.ApacheKafka))]

namespace Airliner.Kafka.Tests.Brokers;

/// <summary>
/// A real Apache Kafka, run by <see cref="KafkaScript"/>. On ports and in a data folder of its own; both are gone when the tests are.
/// </summary>
public sealed class ApacheKafka : KafkaFixture
{
    private readonly string _data = Path.Combine(Path.GetTempPath(), $"airliner-test-kafka-{Guid.NewGuid():N}");

    // The controller takes the one after the broker's.
    private readonly int _port = LoopbackPort.FreeRow(2);

    private readonly KafkaScript? _script = KafkaScript.Find();

    public override string BootstrapServers => $"127.0.0.1:{_port}";

    public override string? Missing => _script is null ? KafkaScript.Missing : null;

    /// <summary>Ends the broker as a power failure does; its data stays.</summary>
    public Task KillAsync() => RunAsync("kill");

    /// <summary>Starts the killed broker on the same port and data.</summary>
    public Task StartAgainAsync() => RunAsync("start");

    protected override Task StartAsync() => RunAsync("start");

    protected override async Task StopAsync()
    {
        using var broker = _script!.Broker(_data);
        await RunAsync("clean");
        if (broker is { HasExited: false })
        {
            broker.Kill();
            throw new InvalidOperationException($"Kafka (process {broker.Id}) was still running after it had been stopped.");
        }

        if (Directory.Exists(_data))
            throw new InvalidOperationException($"Kafka left its data in {_data}.");
    }

    protected override async Task CreateTopicAsync(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.CreateTopicsAsync([new TopicSpecification { Name = topic, NumPartitions = 12, ReplicationFactor = 1 }]);
        // A partition may take a moment to be led; a producer is told until then that the topic does not exist.
        await CountAsync(topic);
    }

    private Task RunAsync(string command) => _script!.RunAsync(command, "--port", $"{_port}", "--data", _data);
}
