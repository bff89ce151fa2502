using Confluent.Kafka;
using ErrorCode = Confluent.Kafka.ErrorCode;

namespace Airliner.Kafka.Embedded;

/// <summary>Kinds of request that <see cref="BrokerFaults"/> can make fail; the numbers are the Kafka protocol's.</summary>
public enum BrokerRequest : short
{
    Produce = 0,
    Fetch = 1,
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
    /// after those that were given before. <see cref="ErrorCode.Local_Transport"/> drops the connection instead of answering.
    /// </summary>
    public void FailNext(BrokerRequest request, params ReadOnlySpan<ErrorCode> errors) =>
        LibrdkafkaMock.PushErrors(_cluster, (short)request, (nuint)errors.Length, errors);

    /// <summary>Forgets the errors of a kind that have not been answered yet.</summary>
    public void StopFailing(BrokerRequest request) => LibrdkafkaMock.ClearErrors(_cluster, (short)request);

    /// <summary>Leaves a partition without a leader, as while its replicas elect one: nobody can write to it or read from it.</summary>
    /// <exception cref="KafkaException">There is no such partition.</exception>
    public void LoseLeader(string topic, int partition) => SetLeader(topic, partition, broker: -1);

    /// <summary>Ends <see cref="LoseLeader"/>.</summary>
    /// <exception cref="KafkaException">There is no such partition.</exception>
    public void ElectLeader(string topic, int partition) => SetLeader(topic, partition, MockCluster.BrokerId);

    private void SetLeader(string topic, int partition, int broker) =>
        MockCluster.Check(LibrdkafkaMock.SetLeader(_cluster, topic, partition, broker), $"Setting the leader of {topic}[{partition}]");
}
