using Airliner.Kafka.Outbox;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Kafka.Tests.Outbox;

/// <summary>What is given to a producer when, without a broker.</summary>
public sealed class HeldEventsTests
{
    private const string Topic = "topic";

    private readonly HeldEvents _held = new(maxEvents: 100, maxBytes: 1_000_000);
    private readonly List<HeldEvent> _sent = [];

    public HeldEventsTests()
    {
        _held.SendWith(held =>
        {
            _sent.Add(held);
            return SendOutcome.Sent;
        });
        _held.BeginPass();
        _held.EndPass();
    }

    [Fact]
    public void An_event_that_has_to_go_alone_goes_before_all_others_however_many_come()
    {
        Take("things/0");
        var suspect = Take("things/1");
        SendAgainWith(suspect);

        _held.Resume();
        Take("things/2");
        _held.Resume();
        Assert.Equal([suspect], _sent);

        _held.Acknowledge(suspect, new TopicPartitionOffset(Topic, 0, 0));
        _held.Resume();
        Assert.Equal(["things/0", "things/1", "things/2"], _sent.Select(held => held.Event.Subject).Order());
    }

    [Fact]
    public void What_comes_before_an_event_that_has_to_go_alone_goes_first()
    {
        var before = Take("things/0");
        _held.Acknowledge(before, new TopicPartitionOffset(Topic, 0, 0));
        var suspect = Take("things/0", sequence: 2);
        SendAgainWith(suspect);
        _held.Dropped([before]);

        _held.Resume();
        Assert.Equal([before], _sent);
        _held.Acknowledge(before, new TopicPartitionOffset(Topic, 0, 1));
        _held.Resume();
        Assert.Equal([before, suspect], _sent);
    }

    [Fact]
    public async Task Whoever_resumes_what_has_to_wait_does_not_wake_itself()
    {
        Take("things/0");
        SendAgainWith(Take("things/1"));
        _held.Resume();
        await _held.ChangedAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        using var stop = new CancellationTokenSource();

        _held.Resume();
        var woken = _held.ChangedAsync(TimeSpan.FromMinutes(1), stop.Token);

        Assert.False(woken.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => woken);
    }

    /// <summary>Takes over an event, which is sent at once unless it has to wait.</summary>
    private HeldEvent Take(string subject, long sequence = 1)
    {
        _held.Take([Raised.One(Topic, subject, sequence)]);
        return _sent[^1];
    }

    /// <summary>The broker refused a batch with this event in it: what it had not taken is to be sent again.</summary>
    private void SendAgainWith(HeldEvent suspect)
    {
        _held.Suspect(suspect);
        _held.ProducerLost();
        _sent.Clear();
    }
}
