using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Airliner.Embedded;
using Airliner.Kafka.Embedded;
using Airliner.Kafka.Tests.Brokers;
using Confluent.Kafka;
using Xunit;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Tests.Embedded;

public sealed class EmbeddedBrokerTests(EmbeddedKafka kafka)
{
    [Fact]
    public async Task It_serves_the_port_it_was_given_with_the_topics_it_was_given()
    {
        var port = LoopbackPort.Free();
        await using var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Port = port, Topics = ["users", "tasks", "users"] });
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = $"127.0.0.1:{port}" }).Build();

        var metadata = admin.GetMetadata(KafkaFixture.Patience);

        Assert.Equal($"127.0.0.1:{port}", broker.BootstrapServers);
        Assert.Equal(("127.0.0.1", port), Assert.Single(metadata.Brokers) is var only ? (only.Host, only.Port) : default);
        Assert.Equal(["tasks:12", "users:12"], metadata.Topics.Select(t => $"{t.Topic}:{t.Partitions.Count}").Order());
    }

    [Fact]
    public void A_port_that_is_taken_is_named_in_the_error()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = Assert.Throws<IOException>(() => EmbeddedBroker.Start(new EmbeddedBrokerOptions { Port = port }));

        Assert.Contains($"Port {port} on 127.0.0.1 is taken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_twice_frees_the_port_once()
    {
        var port = LoopbackPort.Free();
        var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Port = port });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);

        await broker.DisposeAsync();
        await broker.DisposeAsync();

        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        await using var next = EmbeddedBroker.Start(new EmbeddedBrokerOptions { Port = port });
        Assert.Equal(port, next.Port);
    }

    [Fact]
    public async Task A_disposed_broker_refuses_to_be_broken()
    {
        var broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions());
        await broker.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(broker.Faults.TakeDownAsync);
        Assert.Throws<ObjectDisposedException>(() => broker.Faults.Delay(TimeSpan.Zero));
        Assert.Throws<ObjectDisposedException>(() => broker.CreateTopic("too-late"));
    }

    [Fact]
    public async Task A_topic_cannot_be_created_twice()
    {
        await kafka.UseAsync();
        var topic = await kafka.TopicAsync("twice");

        var error = Assert.Throws<KafkaException>(() => kafka.Broker.CreateTopic(topic));

        Assert.Equal(ErrorCode.TopicAlreadyExists, error.Error.Code);
    }

    [Fact]
    public async Task Records_larger_than_any_buffer_between_pass_unharmed()
    {
        await kafka.UseAsync();
        var topic = await kafka.TopicAsync("large");
        var large = string.Create(900_000, 17, static (text, seed) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = (char)('a' + (i * seed % 26));
        });
        using (var producer = kafka.Producer())
            await Task.WhenAll(Enumerable.Range(0, 4).Select(n => producer.ProduceAsync(topic, KafkaFixture.Event("large", $"{n}{large}"))));

        var read = await kafka.ReadAsync(topic, 4);

        Assert.Equal(Enumerable.Range(0, 4).Select(n => $"{n}{large}"), read.Select(r => r.Message.Value));
    }

    [Fact]
    public async Task A_foreign_client_consumes()
    {
        var kcat = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "kcat")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(kcat is null, "kcat is not installed.");
        await kafka.UseAsync();
        var topic = await kafka.TopicAsync("foreign");
        using (var producer = kafka.Producer())
            await producer.ProduceAsync(topic, KafkaFixture.Event("k", "v", ("ce_id", "a1")));

        using var process = Process.Start(new ProcessStartInfo(
            kcat!, ["-b", kafka.BootstrapServers, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%k %s %h\n"])
        { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal("k v ce_id=a1\n", said);
    }
}
