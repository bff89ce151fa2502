using System.Text;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Outbox;
using Airliner.Kafka.Redrive;
using Airliner.Kafka.Tests.Brokers;
using Airliner.Kafka.Tests.Consumers;
using Airliner.Kafka.Tests.Outbox;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Kafka.Tests.Redrive;

/// <summary>What an operator does with dead letters, on every broker that the product runs with.</summary>
public abstract class RedriveFacts(KafkaFixture kafka, bool brokerForgets) : IAsyncLifetime
{
    private DeadLetterStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        await kafka.UseAsync();
        _store = new DeadLetterStore(new KafkaOptions { BootstrapServers = kafka.BootstrapServers });
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _store?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_event_that_was_refused_is_redriven_as_it_came_and_handled_once_its_handler_is_mended()
    {
        var topic = await kafka.TopicAsync("mended");
        var letters = await kafka.DeadLettersAsync(topic);
        var raised = Raised.Many(topic, "things/0", 1, 3);
        var handler = new RecordingHandler($"group-{topic}", topic) { Rejects = e => e.Sequence == 2 ? "refused by a rule" : null };
        await using var loop = new ConsumerLoop(
            new KafkaOptions { BootstrapServers = kafka.BootstrapServers, BrokerForgets = brokerForgets }, handler, new ConsumptionProgress(), TimeProvider.System, new TestLogger<ConsumerLoop>());
        loop.Start(Task.CompletedTask);
        using (var producer = kafka.Producer())
        {
            foreach (var e in raised)
                await producer.ProduceAsync(topic, new Message<string, string> { Key = e.Key, Value = Encoding.UTF8.GetString(e.Payload), Headers = CloudEventHeaders.Of(e, "/x"u8.ToArray()) });
        }

        await handler.HasHandledAsync(2);
        await kafka.ReadAsync(letters, 1);
        var listed = Listed(letters);
        Assert.Equal((1, 1), (listed.Letters, listed.Waiting));
        Assert.Equal(("thing_happened", "refused by a rule"), (listed.Newest!.Type, listed.Newest.Reason));
        Assert.Matches($@"^{topic} \d+:1$", listed.Newest.Origin);

        handler.Rejects = _ => null;
        Assert.Equal(1, _store.Redrive(topic, all: false).Redriven);

        await handler.HasHandledAsync(3);
        var again = handler.Handled.Last();
        Assert.Equal((raised[1].EventId.ToString(), "things/0", 2L), (again.Id, again.Key, again.Sequence));
        var records = (await kafka.ReadAsync(topic, 4)).Select(record => Headers(record.Message)).Where(headers => headers.Contains($"ce_id={raised[1].EventId}")).ToArray();
        Assert.Equal(2, records.Length);
        Assert.Equal(records[0], records[1]);
        Assert.Equal((1, 0), (Listed(letters).Letters, Listed(letters).Waiting));
        Assert.Equal(0, _store.Redrive(letters, all: false).Redriven);
        Assert.Equal(1, _store.Redrive(letters, all: true).Redriven);
    }

    [Fact]
    public async Task A_single_letter_is_redriven_and_one_out_of_turn_leaves_the_others_waiting()
    {
        var topic = await kafka.TopicAsync("single");
        var letters = await kafka.DeadLettersAsync(topic);
        await PutAsync(letters, 5, "a", "b", "c");

        Assert.Equal("b", Encoding.UTF8.GetString(_store.Read(letters, 5, 1).Value!));
        Assert.Equal(1, _store.Redrive(letters, 5, 1).Redriven);
        Assert.Equal(3, Listed(letters).Waiting);
        Assert.Equal(1, _store.Redrive(topic, 5, 0).Redriven);
        Assert.Equal(2, Listed(letters).Waiting);
        Assert.Equal(2, _store.Redrive(topic, all: false).Redriven);

        var redriven = (await kafka.ReadAsync(topic, 4)).Select(record => record.Message).ToArray();
        Assert.Equal(["a", "b", "b", "c"], redriven.Select(record => record.Value).Order());
        Assert.All(redriven, record => Assert.Equal(["own=kept"], Headers(record)));
    }

    [Fact]
    public async Task A_record_that_two_groups_gave_up_is_put_back_once()
    {
        var topic = await kafka.TopicAsync("twogroups");
        var letters = await kafka.DeadLettersAsync(topic);
        using (var producer = kafka.Producer())
        {
            foreach (var group in new[] { "one", "two" })
                await producer.ProduceAsync(letters, KafkaFixture.Event(group, "{}", ("dlq_group", group), ("dlq_topic", topic), ("dlq_partition", "3"), ("dlq_offset", "17")));
        }

        Assert.Equal(1, _store.Redrive(topic, all: false).Redriven);
        Assert.Equal((2, 0), (Listed(letters).Letters, Listed(letters).Waiting));
        Assert.Equal(1, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task A_letter_without_its_record_is_left_and_told_of()
    {
        var topic = await kafka.TopicAsync("omitted");
        var letters = await kafka.DeadLettersAsync(topic);
        using (var producer = kafka.Producer())
            await producer.ProduceAsync(letters, KafkaFixture.Event("k", "", ("dlq_omitted_bytes", "999000"), ("dlq_topic", topic), ("dlq_partition", "3"), ("dlq_offset", "17")));
        await PutAsync(letters, 0, "a");

        var result = _store.Redrive(topic, all: false);

        Assert.Equal((1, $"{topic} 3:17"), (result.Redriven, Assert.Single(result.Omitted).Origin));
        Assert.Equal(1, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        var topic = await kafka.TopicAsync("named");
        var letters = await kafka.DeadLettersAsync(topic);
        await PutAsync(letters, 2, "a", "b");

        Assert.Contains("There is no topic nothing.dlq", Refusal(() => _store.Read("nothing", 0, 0)), StringComparison.Ordinal);
        Assert.Contains("no partition 12", Refusal(() => _store.Read(letters, 12, 0)), StringComparison.Ordinal);
        Assert.Contains("no letters in partition 1", Refusal(() => _store.Redrive(letters, 1, 0)), StringComparison.Ordinal);
        Assert.Contains("no letter at 2:2: partition 2 has those from 0 to 1", Refusal(() => _store.Redrive(letters, 2, 2)), StringComparison.Ordinal);
        Assert.Equal(0, await kafka.CountAsync(topic));
    }

    private static string Refusal(Action ask) => Assert.Throws<DeadLetterException>(ask).Message;

    private static IEnumerable<string> Headers(Message<string, string> message) =>
        message.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes())}");

    private DeadLetterTopic Listed(string letters) => _store.List().Single(topic => topic.Name == letters);

    private async Task PutAsync(string letters, int partition, params IReadOnlyList<string> values)
    {
        using var producer = kafka.Producer();
        foreach (var value in values)
            await producer.ProduceAsync(new TopicPartition(letters, partition), KafkaFixture.Event("k", value, ("own", "kept"), ("dlq_reason", "none")));
    }
}
