using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Embedded;

/// <summary>Kinds of request that <see cref="BrokerFaults"/> can make fail; the numbers are the Kafka protocol's.</summary>
public enum BrokerRequest : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    OffsetCommit = 8,
}

/// <summary>
/// Ways to break an <see cref="EmbeddedBroker"/> on purpose. Each returns when the broker is in the new state; what its clients notice
/// comes later. <see cref="TakeDownAsync"/> and <see cref="BringUp"/> are for one caller at a time.
/// </summary>
public sealed class BrokerFaults
{
    private readonly MockCluster _cluster;
    private readonly LoopbackForwarder _forwarder;
    private bool _down;

    internal BrokerFaults(MockCluster cluster, LoopbackForwarder forwarder) => (_cluster, _forwarder) = (cluster, forwarder);

    /// <summary>Drops every connection and refuses new ones. Topics, records and committed offsets stay. Nothing if it is down already.</summary>
    public async Task TakeDownAsync()
    {
        if (_down)
            return;

        await _forwarder.CloseAsync();
        MockCluster.Check(LibrdkafkaMock.SetDown(_cluster, MockCluster.BrokerId), "Taking the embedded broker down");
        _down = true;
    }

    /// <summary>Accepts connections again, on the same port. Nothing if it is up already.</summary>
    /// <exception cref="IOException">Another process took the port meanwhile.</exception>
    public void BringUp()
    {
        if (!_down)
            return;

        MockCluster.Check(LibrdkafkaMock.SetUp(_cluster, MockCluster.BrokerId), "Bringing the embedded broker up");
        _forwarder.Open(_cluster);
        _down = false;
    }

    /// <summary>Holds every response back for <paramref name="roundTrip"/>, to the millisecond; zero ends it.</summary>
    public void Delay(TimeSpan roundTrip)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(roundTrip, TimeSpan.Zero);
        var milliseconds = checked((int)roundTrip.TotalMilliseconds);
        MockCluster.Check(LibrdkafkaMock.SetRoundTrip(_cluster, MockCluster.BrokerId, milliseconds), "Delaying the embedded broker");
    }

    /// <summary>
    /// Answers the next requests of a kind with <paramref name="errors"/>, one each and in order, without doing what they ask. They come
    /// after those that were given before. <see cref="ErrorCode.Local_Transport"/> drops the connection instead of answering;
    /// <see cref="ErrorCode.NotLeaderForPartition"/> is what a client sees while a leader moves. (A partition is never really left without
    /// one: a produce request for such a partition makes the mock cluster follow a null pointer, seen in librdkafka 2.16.)
    /// </summary>
    public void FailNext(BrokerRequest request, params ReadOnlySpan<ErrorCode> errors) =>
        LibrdkafkaMock.PushErrors(_cluster, (short)request, (nuint)errors.Length, errors);

    /// <summary>Forgets the errors of a kind that have not been answered yet.</summary>
    public void StopFailing(BrokerRequest request) => LibrdkafkaMock.ClearErrors(_cluster, (short)request);
}
