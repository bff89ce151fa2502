using Airliner.Contracts.Cluster;
using Npgsql;

namespace Airliner.Kafka.Outbox;

/// <summary>Reports how much a service's outbox has.</summary>
internal sealed class OutboxReports(string service, OutboxRelay relay) : ISiloReportSource
{
    public string Service => service;

    public async Task<SiloReport> AddToAsync(SiloReport report, CancellationToken cancellationToken) =>
        report with { Outboxes = report.Outboxes.Append(await MeasureAsync(cancellationToken)).ToArray() };

    private async Task<OutboxReport> MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            var backlog = await relay.MeasureAsync(cancellationToken);
            return new(service, backlog.Events, backlog.Events == 0 ? null : backlog.OldestAge.TotalSeconds);
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
        {
            // That the database is away, a health check tells; here it is told whose outbox is not known.
            return new(service, null, null);
        }
    }
}
