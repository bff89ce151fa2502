using System.Text;
using Airliner.Contracts.Records;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Outbox;
using Airliner.Kafka.Tests.Brokers;
using Airliner.Kafka.Tests.Outbox;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Testing;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Kafka.Tests.Consumers;

/// <summary>What a consumer does on every broker that the product runs with.</summary>
public abstract class ConsumerFacts(KafkaFixture kafka, bool brokerForgets) : IAsyncLifetime
{
    private readonly List<ConsumerLoop> _loops = [];

    public async ValueTask InitializeAsync() => await kafka.UseAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var loop in _loops)
            await loop.DisposeAsync();
    }

    [Fact]
    public async Task An_event_reaches_its_handler_whole()
    {
        var topic = await kafka.TopicAsync("whole");
        var raised = Raised.One(topic, "things/7", 3, Raised.Time);
        await ProduceAsync(raised);
        var handler = new RecordingHandler($"group-{topic}", topic);

        Start(handler);
        await handler.HasHandledAsync(1);

        var e = handler.Handled.Single();
        Assert.Equal(
            (raised.EventId.ToString(), "thing_happened", "things/7", 3L, Raised.Time, "things/7", raised.TraceParent, topic),
            (e.Id, e.Type, e.Subject, e.Sequence, e.Time, e.Key, e.TraceParent, e.Position.Topic));
        Assert.Equal(3, e.Value.GetProperty("n").GetInt32());
    }

    [Fact]
    public async Task What_had_no_effect_when_a_consumer_ended_is_handled_by_the_next_and_nothing_else_is()
    {
        var topic = await kafka.TopicAsync("midbatch");
        await ProduceAsync(Raised.Many(topic, "things/0", 1, 5));
        var first = new RecordingHandler($"group-{topic}", topic);
        var one = Start(first);
        await first.HasHandledAsync(5);
        var reached = new TaskCompletionSource();
        first.Before = async (_, cancellationToken) =>
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        await ProduceAsync(Raised.Many(topic, "things/0", 6, 10));
        await reached.Task.WaitAsync(KafkaFixture.Patience);
        await one.DisposeAsync();

        var second = new RecordingHandler($"group-{topic}", topic);
        Start(second);
        await second.HasHandledAsync(5);

        Assert.Equal([6, 7, 8, 9, 10], second.Handled.Select(e => e.Sequence));
    }

    [Fact]
    public async Task What_can_never_be_handled_goes_to_the_dead_letters_and_the_partition_goes_on()
    {
        var topic = await kafka.TopicAsync("poison");
        var deadLetters = await kafka.DeadLettersAsync(topic);
        using (var producer = kafka.Producer())
        {
            var position = await producer.ProduceAsync(topic, new Message<string, string> { Key = "k", Value = "not json", Headers = CloudEventHeaders.Of(Raised.One(topic, "k", 1), "/x"u8.ToArray()) });
            await producer.ProduceAsync(position.TopicPartition, KafkaFixture.Event("k", "{}", ("own", "header")));
            await producer.ProduceAsync(position.TopicPartition, new Message<string, string> { Key = "k", Value = "[1]", Headers = CloudEventHeaders.Of(Raised.One(topic, "k", 3), "/x"u8.ToArray()) });
            await producer.ProduceAsync(position.TopicPartition, new Message<string, string> { Key = "k", Value = """{"n":4}""", Headers = CloudEventHeaders.Of(Raised.One(topic, "k", 4), "/x"u8.ToArray()) });
            await producer.ProduceAsync(position.TopicPartition, new Message<string, string> { Key = "k", Value = """{"n":5}""", Headers = CloudEventHeaders.Of(Raised.One(topic, "k", 5), "/x"u8.ToArray()) });
        }

        var handler = new RecordingHandler($"group-{topic}", topic) { Rejects = e => e.Sequence == 4 ? "refused by a rule" : null };
        Start(handler);
        await handler.HasHandledAsync(1);

        Assert.Equal([5], handler.Handled.Select(e => e.Sequence));
        var letters = (await kafka.ReadAsync(deadLetters, 4)).Select(letter => letter.Message).ToDictionary(letter => Header(letter, "dlq_offset"));
        Assert.All(letters.Values, letter => Assert.Equal(("k", topic, handler.Group), (letter.Key, Header(letter, "dlq_topic"), Header(letter, "dlq_group"))));
        Assert.Equal("not json", letters["0"].Value);
        Assert.Contains("not JSON", Header(letters["0"], "dlq_reason"), StringComparison.Ordinal);
        Assert.Equal("System.Text.Json.JsonReaderException", Header(letters["0"], "dlq_exception"));
        Assert.Contains("EventParser.TryParse", Header(letters["0"], "dlq_stack"), StringComparison.Ordinal);
        Assert.Equal("header", Header(letters["1"], "own"));
        Assert.Contains("ce_", Header(letters["1"], "dlq_reason"), StringComparison.Ordinal);
        Assert.Contains("Array", Header(letters["2"], "dlq_reason"), StringComparison.Ordinal);
        Assert.Equal(("refused by a rule", "4"), (Header(letters["3"], "dlq_reason"), Header(letters["3"], "ce_sequence")));
        Assert.Contains("RecordingHandler.HandleAsync", Header(letters["3"], "dlq_stack"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_too_large_to_be_kept_with_its_reason_is_named_by_its_origin_and_the_partition_goes_on()
    {
        const int Largest = 999_800;
        var topic = await kafka.TopicAsync("large");

        var letter = await LetterOfAsync(topic, KafkaFixture.Event("things/0", new string('x', Largest)));

        Assert.Null(letter.Value);
        Assert.Equal(
            (topic, "3", "0", $"{Largest}"),
            (Header(letter, "dlq_topic"), Header(letter, "dlq_partition"), Header(letter, "dlq_offset"), Header(letter, "dlq_omitted_bytes")));
    }

    [Fact]
    public async Task A_record_without_a_value_whose_headers_are_too_large_is_named_by_its_origin_and_the_partition_goes_on()
    {
        var topic = await kafka.TopicAsync("headers");

        var letter = await LetterOfAsync(topic, KafkaFixture.Event("things/0", null!, ("own", new string('x', 999_800))));

        Assert.Equal((null, null, "0", "0"), (letter.Key, letter.Value, Header(letter, "dlq_offset"), Header(letter, "dlq_omitted_bytes")));
        Assert.DoesNotContain(letter.Headers, header => header.Key == "own");
    }

    [Fact]
    public async Task The_event_that_the_database_will_never_take_is_found_in_its_batch_and_the_others_have_their_effect()
    {
        var topic = await kafka.TopicAsync("refused");
        var deadLetters = await kafka.DeadLettersAsync(topic);
        await ProduceAsync(Raised.Many(topic, "things/0", 1, 9));
        var handler = new RecordingHandler($"group-{topic}", topic)
        {
            Before = (events, _) => events.Any(e => e.Sequence == 4) ? throw new RecordRejectedException("A value is out of range.") : Task.CompletedTask,
        };

        Start(handler);
        await handler.HasHandledAsync(8);

        Assert.Equal([1, 2, 3, 5, 6, 7, 8, 9], handler.Handled.Select(e => e.Sequence));
        var letter = (await kafka.ReadAsync(deadLetters, 1)).Single().Message;
        Assert.Equal(
            ("4", "A value is out of range.", typeof(RecordRejectedException).FullName),
            (Header(letter, "ce_sequence"), Header(letter, "dlq_reason"), Header(letter, "dlq_exception")));
        Assert.Equal(1, await kafka.CountAsync(deadLetters));
    }

    [Fact]
    public async Task The_lag_of_each_partition_is_what_was_not_handled_also_while_a_batch_takes_long()
    {
        var topic = await kafka.TopicAsync("lag");
        await ProduceAsync(Raised.Many(topic, "things/0", 1, 3));
        var handler = new RecordingHandler($"group-{topic}", topic);
        var release = new TaskCompletionSource();
        handler.Before = (_, cancellationToken) => release.Task.WaitAsync(cancellationToken);
        using var lag = new LagListener(handler.Group);

        Start(handler);
        await Eventually.Is(3, lag.Total);
        await ProduceAsync(Raised.Many(topic, "things/0", 4, 5));
        await Eventually.Is(5, lag.Total);
        release.SetResult();
        await Eventually.Is(12, () => lag.Partitions().Count());
        await Eventually.Is(0, lag.Total);

        Assert.Equal(Enumerable.Range(0, 12).Select(partition => $"{topic} {partition}"), lag.Partitions());
    }

    [Fact]
    public async Task A_handler_that_fails_for_a_while_gets_the_same_events_again_and_keeps_its_place_in_the_group()
    {
        var topic = await kafka.TopicAsync("failing");
        await ProduceAsync(Raised.Many(topic, "things/0", 1, 3));
        var handler = new RecordingHandler($"group-{topic}", topic);
        var tries = new List<long[]>();
        handler.Before = (events, _) =>
        {
            tries.Add([.. events.Select(e => e.Sequence)]);
            return tries.Count < 6 ? throw new IOException("The database is away.") : Task.CompletedTask;
        };

        Start(handler);
        await handler.HasHandledAsync(3);
        await ProduceAsync(Raised.Many(topic, "things/0", 4, 6));
        await handler.HasHandledAsync(6);

        Assert.All(tries.Take(6), sequences => Assert.Equal(tries[0], sequences));
        Assert.Equal([1, 2, 3, 4, 5, 6], handler.Handled.Select(e => e.Sequence));
    }

    [Fact]
    public async Task What_is_no_event_is_among_the_dead_letters_once_while_the_handler_fails_with_the_events_behind_it()
    {
        var topic = await kafka.TopicAsync("outage");
        var deadLetters = await kafka.DeadLettersAsync(topic);
        using (var producer = kafka.Producer(config => config.LingerMs = 100))
        {
            // Sent together, so that one fetch has them all.
            await Task.WhenAll(new[] { "not json", """{"n":2}""", """{"n":3}""" }.Select((value, i) => producer.ProduceAsync(
                new TopicPartition(topic, 3), new Message<string, string> { Key = "k", Value = value, Headers = CloudEventHeaders.Of(Raised.One(topic, "k", i + 1), "/x"u8.ToArray()) })));
        }

        var (isAway, tries) = (true, 0);
        var handler = new RecordingHandler($"group-{topic}", topic) { Rejects = e => e.Sequence == 3 ? "refused by a rule" : null };
        handler.Before = (_, _) =>
        {
            Interlocked.Increment(ref tries);
            return Volatile.Read(ref isAway) ? throw new IOException("The database is away.") : Task.CompletedTask;
        };
        Start(handler);

        Assert.Equal("0", Header((await kafka.ReadAsync(deadLetters, 1)).Single().Message, "dlq_offset"));
        var before = Volatile.Read(ref tries);
        await Eventually.Is(true, () => Volatile.Read(ref tries) > before + 1);
        Assert.Empty(handler.Handled);
        Volatile.Write(ref isAway, false);
        await handler.HasHandledAsync(1);

        Assert.Equal(["0", "2"], (await kafka.ReadAsync(deadLetters, 2)).Select(letter => Header(letter.Message, "dlq_offset")).Order());
        Assert.Equal(2, await kafka.CountAsync(deadLetters));
    }

    [Fact]
    public async Task A_batch_that_takes_long_keeps_its_place_in_the_group()
    {
        var topic = await kafka.TopicAsync("long");
        await ProduceAsync(Raised.Many(topic, "things/0", 1, 3));
        var handler = new RecordingHandler($"group-{topic}", topic);
        var release = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        handler.Before = async (_, cancellationToken) =>
        {
            reached.TrySetResult();
            await release.Task.WaitAsync(cancellationToken);
        };
        Action<KafkaOptions> settings = options => options.ClientSettings["max.poll.interval.ms"] = "6000";

        Start(handler, settings);
        await reached.Task.WaitAsync(KafkaFixture.Patience);
        using (var timer = new PeriodicTimer(TimeSpan.FromSeconds(8)))
            await timer.WaitForNextTickAsync();
        release.SetResult();
        await handler.HasHandledAsync(3);
        await ProduceAsync(Raised.Many(topic, "things/0", 4, 4));
        await handler.HasHandledAsync(4);

        Assert.Equal([1, 2, 3, 4], handler.Handled.Select(e => e.Sequence));
    }

    [Fact]
    public async Task Two_consumers_share_the_partitions_and_lose_nothing_when_one_comes_and_goes()
    {
        const int Entities = 40, Each = 30;
        var topic = await kafka.TopicAsync("shared");
        var one = new RecordingHandler($"group-{topic}", topic);
        var two = new RecordingHandler($"group-{topic}", topic);
        var settings = (KafkaOptions options) =>
        {
            options.ClientSettings["max.poll.interval.ms"] = "6000";
            options.MaxConsumedBatch = 20;
        };
        Start(one, settings);
        await ProduceAsync([.. Enumerable.Range(0, Entities).SelectMany(n => Raised.Many(topic, $"things/{n}", 1, 10))]);
        await one.HasHandledAsync(Entities * 10);

        var second = Start(two, settings);
        for (var sequence = 11; two.Handled.IsEmpty; sequence++)
            await ProduceAsync([.. Enumerable.Range(0, Entities).Select(n => Raised.One(topic, $"others/{n}", sequence - 10))]);
        await ProduceAsync([.. Enumerable.Range(0, Entities).SelectMany(n => Raised.Many(topic, $"things/{n}", 11, 20))]);
        await second.DisposeAsync();
        await ProduceAsync([.. Enumerable.Range(0, Entities).SelectMany(n => Raised.Many(topic, $"things/{n}", 21, Each))]);

        await Eventually.Is(Entities * Each, () => one.Handled.Concat(two.Handled).Where(e => e.Subject.StartsWith("things/", StringComparison.Ordinal)).DistinctBy(e => e.Id).Count());
        Assert.NotEmpty(two.Handled);
        Assert.All(two.Sequences().Values, sequences => Assert.Equal(sequences.Order(), sequences));
    }

    [Fact]
    public async Task What_was_taken_away_while_a_batch_took_long_is_read_again_when_it_comes_back()
    {
        const int Entities = 40;
        var topic = await kafka.TopicAsync("backagain");
        var release = new TaskCompletionSource();
        var one = new RecordingHandler($"group-{topic}", topic) { Before = (_, cancellationToken) => release.Task.WaitAsync(cancellationToken) };
        var two = new RecordingHandler($"group-{topic}", topic);
        Start(one);
        await ProduceAsync(Raised.One(topic, "things/0", 1));

        var second = Start(two);
        for (var sequence = 1; two.Handled.IsEmpty; sequence++)
            await ProduceAsync([.. Enumerable.Range(0, Entities).Select(n => Raised.One(topic, $"others/{n}", sequence))]);
        release.SetResult();
        await second.DisposeAsync();
        await ProduceAsync([.. Enumerable.Range(0, Entities).Select(n => Raised.One(topic, $"later/{n}", 1))]);

        await Eventually.Is(Entities, () => one.Handled.Where(e => e.Subject.StartsWith("later/", StringComparison.Ordinal)).DistinctBy(e => e.Id).Count());
    }

    private protected ConsumerLoop Start(IEventHandler handler, Action<KafkaOptions>? change = null, ConsumptionProgress? progress = null)
    {
        var options = new KafkaOptions { BootstrapServers = kafka.BootstrapServers, BrokerForgets = brokerForgets };
        options.ClientSettings["session.timeout.ms"] = "6000";
        change?.Invoke(options);
        var loop = new ConsumerLoop(options, handler, progress ?? new(), TimeProvider.System, new TestLogger<ConsumerLoop>());
        _loops.Add(loop);
        loop.Start(Task.CompletedTask);
        return loop;
    }

    /// <summary>Produces events as the relay does.</summary>
    private protected async Task ProduceAsync(params IReadOnlyList<OutboxEvent> events)
    {
        using var producer = kafka.Producer();
        await Task.WhenAll(events.Select(e => producer.ProduceAsync(e.Topic, new Message<string, string>
        {
            Key = e.Key,
            Value = Encoding.UTF8.GetString(e.Payload),
            Headers = CloudEventHeaders.Of(e, "/airliner/tests"u8.ToArray()),
        })));
    }

    /// <summary>The dead letter of a record that can never be handled, once the good one behind it in its partition has been.</summary>
    private async Task<Message<string, string>> LetterOfAsync(string topic, Message<string, string> bad)
    {
        var deadLetters = await kafka.DeadLettersAsync(topic);
        var good = new Message<string, string> { Key = "things/0", Value = """{"n":2}""", Headers = CloudEventHeaders.Of(Raised.One(topic, "things/0", 2), "/x"u8.ToArray()) };
        foreach (var message in new[] { bad, good })
        {
            using var producer = kafka.Producer();
            await producer.ProduceAsync(new TopicPartition(topic, 3), message);
        }

        var handler = new RecordingHandler($"group-{topic}", topic);
        Start(handler);
        await handler.HasHandledAsync(1);
        return (await kafka.ReadAsync(deadLetters, 1)).Single().Message;
    }

    private static string Header(Message<string, string> message, string name) => Encoding.UTF8.GetString(message.Headers.GetLastBytes(name));
}
