using System.Text;
using Xunit;

namespace Airliner.Kafka.Tests.Brokers;

/// <summary>What holds on every broker that the product runs with.</summary>
public abstract class KafkaFacts(KafkaFixture kafka) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await kafka.UseAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_record_arrives_with_its_key_value_and_headers()
    {
        var topic = await kafka.TopicAsync("headers");
        using (var producer = kafka.Producer())
            await producer.ProduceAsync(topic, KafkaFixture.Event("task-7", """{"task_id":7}""", ("ce_id", "a1"), ("ce_type", "täsk.created")));

        var read = Assert.Single(await kafka.ReadAsync(topic, 1)).Message;

        Assert.Equal(("task-7", """{"task_id":7}"""), (read.Key, read.Value));
        Assert.Equal(["ce_id=a1", "ce_type=täsk.created"], read.Headers.Select(h => $"{h.Key}={Encoding.UTF8.GetString(h.GetValueBytes())}"));
    }

    [Fact]
    public async Task Records_of_one_key_arrive_once_and_in_order()
    {
        const int Keys = 20, PerKey = 50;
        var topic = await kafka.TopicAsync("order");
        using (var producer = kafka.Producer())
        {
            await Task.WhenAll(from n in Enumerable.Range(0, PerKey)
                               from key in Enumerable.Range(0, Keys)
                               select producer.ProduceAsync(topic, KafkaFixture.Event($"{key}", $"{n}")));
        }

        var read = await kafka.ReadAsync(topic, Keys * PerKey);

        Assert.All(read.GroupBy(r => r.Message.Key), one => Assert.Equal(Enumerable.Range(0, PerKey), one.Select(r => int.Parse(r.Message.Value))));
        Assert.True(read.Select(r => r.Partition).Distinct().Count() > 1);
        Assert.Equal(Keys * PerKey, await kafka.CountAsync(topic));
    }

    [Fact]
    public async Task A_topic_has_twelve_partitions()
    {
        var topic = await kafka.TopicAsync("partitions");

        Assert.Equal(12, kafka.Partitions(topic));
    }

    [Fact]
    public async Task A_consumer_group_resumes_after_what_it_committed()
    {
        var topic = await kafka.TopicAsync("resume");
        var group = $"group-{topic}";
        using var producer = kafka.Producer();
        for (var n = 0; n < 10; n++)
            await producer.ProduceAsync(topic, KafkaFixture.Event("one-key", $"{n}"));

        var first = await TakeAndCommitAsync(4);
        var rest = await TakeAndCommitAsync(6);

        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"{n}"), first.Concat(rest));

        Task<string[]> TakeAndCommitAsync(int count) => Task.Run(() =>
        {
            using var consumer = kafka.Consumer(group);
            consumer.Subscribe(topic);
            var taken = KafkaFixture.Take(consumer, count);
            consumer.Commit(taken[^1]);
            consumer.Close();
            return taken.Select(r => r.Message.Value).ToArray();
        });
    }
}
