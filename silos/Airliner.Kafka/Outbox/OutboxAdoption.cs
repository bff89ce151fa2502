using Microsoft.Extensions.Logging;

namespace Airliner.Kafka.Outbox;

/// <summary>Finds rows that nobody is going to publish, and makes them this silo's.</summary>
internal sealed partial class OutboxAdoption(OutboxRows rows, HeldEvents held, IOutboxOwners owners, string service, TimeProvider time, ILogger logger)
{
    private const int EntitiesInBatch = 500;

    // A row is handed over at most a commit's duration after its event was raised.
    private static readonly TimeSpan _strayAge = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Adopts the rows of silos that are gone. The relay falls behind first: an adopted event precedes what its grain raises here, and only a pass sends
    /// both in order.
    /// </summary>
    /// <param name="atMost">After this time the rest is left for the next sweep: what is adopted has to be published, too.</param>
    public async Task SweepAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        // The owners are read before the membership: a silo that joins between the two is then not looked for.
        var others = await rows.OtherOwnersAsync(cancellationToken);
        var gone = others.Count == 0 ? [] : await owners.GoneAsync(others, cancellationToken);
        if (gone.Count > 0)
        {
            for (var begun = time.GetTimestamp(); time.GetElapsedTime(begun) < atMost;)
            {
                held.FallBehind();
                var adopted = await rows.AdoptAsync(gone, EntitiesInBatch, cancellationToken);
                if (adopted is null or 0)
                    break;
                KafkaInstruments.Adopted(service, adopted.Value);
                LogAdopted(adopted.Value, gone);
            }
        }
    }

    /// <summary>
    /// Falls behind where this silo owns a row that it does not know: a commit whose outcome the writer could not learn is handed over by nobody unless its grain
    /// is called again.
    /// </summary>
    public async Task LookForStraysAsync(CancellationToken cancellationToken)
    {
        if (!held.IsBehind && await rows.HasStrayAsync(time.GetUtcNow() - _strayAge, held.Holds, cancellationToken))
        {
            LogStray();
            held.FallBehind();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Adopted {Count} events of {Owners}")]
    private partial void LogAdopted(int count, IReadOnlyCollection<string> owners);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox has an event of this silo's that was never handed over; reading the table again")]
    private partial void LogStray();
}
