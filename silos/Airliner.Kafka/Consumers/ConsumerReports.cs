using Airliner.Contracts.Cluster;

namespace Airliner.Kafka.Consumers;

/// <summary>Reports how far behind this process is in what a handler consumes. A topic of which it has no partition is told of as well.</summary>
internal sealed class ConsumerReports(IEventHandler handler) : ISiloReportSource
{
    public Task<SiloReport> AddToAsync(SiloReport report, CancellationToken cancellationToken)
    {
        var lags = KafkaInstruments.LagsOf(handler.Group).ToLookup(lag => lag.Topic, lag => lag.Records);
        return Task.FromResult(report with
        {
            Consumers = report.Consumers.Concat(handler.Topics.Select(topic => new ConsumerReport(handler.Group, topic, lags[topic].Count(), lags[topic].Sum()))).ToArray(),
        });
    }
}
