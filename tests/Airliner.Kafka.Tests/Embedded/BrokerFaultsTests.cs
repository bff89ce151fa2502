using System.Diagnostics;
using Airliner.Kafka.Embedded;
using Airliner.Kafka.Tests.Brokers;
using Confluent.Kafka;
using Xunit;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Tests.Embedded;

/// <summary>Each test breaks a broker of its own.</summary>
public sealed class BrokerFaultsTests : IAsyncLifetime
{
    private readonly EmbeddedKafka _kafka = new();

    private BrokerFaults Faults => _kafka.Broker.Faults;

    public async ValueTask InitializeAsync() => await _kafka.UseAsync();

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    [Fact]
    public async Task What_is_produced_while_the_broker_is_down_is_delivered_in_order_when_it_is_up()
    {
        var topic = await _kafka.TopicAsync("down");
        using var producer = _kafka.Producer();
        await producer.ProduceAsync(topic, KafkaFixture.Event("one-key", "0"));

        await Faults.TakeDownAsync();
        await Faults.TakeDownAsync();
        var waiting = ProduceAsync(producer, topic, 1, 99);
        await AssertDownAsync();
        Assert.False(waiting.IsCompleted);
        Faults.BringUp();
        Faults.BringUp();
        await waiting.WaitAsync(KafkaFixture.Patience);

        await AssertHoldsAsync(topic, 100);
    }

    [Fact]
    public async Task A_broker_can_go_down_again_and_again_with_connections_open()
    {
        var topic = await _kafka.TopicAsync("flapping");
        using var producer = _kafka.Producer();
        for (var round = 0; round < 5; round++)
        {
            await producer.ProduceAsync(topic, KafkaFixture.Event("one-key", $"{2 * round}"));
            await Faults.TakeDownAsync();
            var waiting = producer.ProduceAsync(topic, KafkaFixture.Event("one-key", $"{(2 * round) + 1}"));
            Faults.BringUp();
            await waiting.WaitAsync(KafkaFixture.Patience);
        }

        await AssertHoldsAsync(topic, 10);
    }

    [Fact]
    public async Task Requests_that_the_broker_refuses_are_retried_and_their_records_stored_once_in_order()
    {
        var topic = await _kafka.TopicAsync("refused");
        using var producer = _kafka.Producer();
        Faults.FailNext(BrokerRequest.Produce, ErrorCode.NotEnoughReplicas, ErrorCode.RequestTimedOut, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport);

        await ProduceAsync(producer, topic, 0, 100).WaitAsync(KafkaFixture.Patience);

        await AssertHoldsAsync(topic, 100);
    }

    [Fact]
    public async Task An_error_that_no_retry_heals_reaches_the_caller_and_forgotten_errors_do_not()
    {
        var topic = await _kafka.TopicAsync("denied");
        using var producer = _kafka.Producer(config => config.EnableIdempotence = false);
        Faults.FailNext(BrokerRequest.Produce, ErrorCode.PolicyViolation, ErrorCode.PolicyViolation);

        var denied = await Assert.ThrowsAnyAsync<ProduceException<string, string>>(() => producer.ProduceAsync(topic, KafkaFixture.Event("k", "v")));
        Faults.StopFailing(BrokerRequest.Produce);
        await producer.ProduceAsync(topic, KafkaFixture.Event("k", "v"));

        Assert.Equal(ErrorCode.PolicyViolation, denied.Error.Code);
        Assert.Equal(1, await _kafka.CountAsync(topic));
    }

    [Fact]
    public async Task A_fetch_that_fails_is_tried_again()
    {
        var topic = await _kafka.TopicAsync("fetch");
        using var producer = _kafka.Producer();
        await ProduceAsync(producer, topic, 0, 10);
        Faults.FailNext(BrokerRequest.Fetch, ErrorCode.NotLeaderForPartition, ErrorCode.Local_Transport);

        await AssertHoldsAsync(topic, 10);
    }

    [Fact]
    public async Task A_commit_that_fails_tells_the_consumer()
    {
        var topic = await _kafka.TopicAsync("commit");
        using var producer = _kafka.Producer();
        await ProduceAsync(producer, topic, 0, 1);
        Faults.FailNext(BrokerRequest.OffsetCommit, ErrorCode.GroupAuthorizationFailed);

        var error = await Task.Run(() =>
        {
            using var consumer = _kafka.Consumer($"group-{topic}");
            consumer.Subscribe(topic);
            var read = KafkaFixture.Take(consumer, 1);
            return Assert.Throws<KafkaException>(() => consumer.Commit(read[0])).Error.Code;
        });

        Assert.Equal(ErrorCode.GroupAuthorizationFailed, error);
    }

    [Fact]
    public async Task A_slow_broker_delivers_late()
    {
        var topic = await _kafka.TopicAsync("slow");
        using var producer = _kafka.Producer();
        await producer.ProduceAsync(topic, KafkaFixture.Event("one-key", "0"));
        Faults.Delay(TimeSpan.FromMilliseconds(300));

        var clock = Stopwatch.StartNew();
        await producer.ProduceAsync(topic, KafkaFixture.Event("one-key", "1"));

        Assert.True(clock.ElapsedMilliseconds >= 290, $"delivered after {clock.ElapsedMilliseconds} ms");
        await AssertHoldsAsync(topic, 2);
    }

    private static Task<DeliveryResult<string, string>[]> ProduceAsync(IProducer<string, string> producer, string topic, int from, int count) =>
        Task.WhenAll(Enumerable.Range(from, count).Select(n => producer.ProduceAsync(topic, KafkaFixture.Event("one-key", $"{n}"))));

    private async Task AssertHoldsAsync(string topic, int count)
    {
        var read = await _kafka.ReadAsync(topic, count);
        Assert.Equal(Enumerable.Range(0, count), read.Select(r => int.Parse(r.Message.Value)));
        Assert.Equal(count, await _kafka.CountAsync(topic));
    }

    private async Task AssertDownAsync()
    {
        using var client = new System.Net.Sockets.TcpClient();
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(() => client.ConnectAsync("127.0.0.1", _kafka.Broker.Port));
    }
}
