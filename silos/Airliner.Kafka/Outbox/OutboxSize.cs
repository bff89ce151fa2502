using Airliner.Contracts.Cluster;
using Npgsql;

namespace Airliner.Kafka.Outbox;

/// <summary>Reports how much a service's outbox has.</summary>
internal sealed class OutboxSize(string service, NpgsqlDataSource database) : ISiloReportSource
{
    /// <summary>The age is read from all rows, which have no index by time: they are few while all is well, and a look at many is still a quick scan.</summary>
    private static readonly string _measure = $"""
        select
            (select count(*) from (select from outbox limit {OutboxReport.CountedAtMost}) as counted),
            (select greatest(0, extract(epoch from now() - min(time)))::double precision from outbox)
        """;

    public async Task<SiloReport> AddToAsync(SiloReport report, CancellationToken cancellationToken) =>
        report with { Outboxes = report.Outboxes.Append(await MeasureAsync(cancellationToken)).ToArray() };

    private async Task<OutboxReport> MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(_measure);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new(service, reader.GetInt64(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetDouble(1));
        }
        catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or OperationCanceledException)
        {
            // That the database is away, a health check tells; here it is told whose outbox is not known.
            return new(service, null, null);
        }
    }
}
