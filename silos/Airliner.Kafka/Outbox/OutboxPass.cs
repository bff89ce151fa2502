using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Kafka.Outbox;

/// <summary>
/// One pass over the table: brings what memory has missed, entity by entity, in order. It reads all rows of an entity that has any of this silo's, whoever
/// owns the others, because an event may only be sent when its predecessors are published.
/// </summary>
internal sealed class OutboxPass(OutboxRows rows, HeldEvents held, ProducerLane lane)
{
    private const int EntitiesInPage = 256;
    private const int RowsInPage = 1_024;

    // The producer's room comes back without a word: look again now and then.
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>Brings all that this silo owns. False where the producer failed meanwhile: the pass is then to be made again.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var after = "";
        List<string> page;
        do
        {
            page = await rows.SubjectsAsync(after, EntitiesInPage, cancellationToken);
            if (!await BringAsync([.. page], cancellationToken))
                return false;
            if (page.Count > 0)
                after = page[^1];
        }
        while (page.Count == EntitiesInPage);

        // What was taken over during the pass waits in memory. Its predecessors may have been claimed by another silo before the pass came to them.
        foreach (var waiting in held.WaitingSubjects().Chunk(EntitiesInPage))
        {
            if (!await BringAsync(waiting, cancellationToken))
                return false;
        }

        return true;
    }

    private async Task<bool> BringAsync(string[] subjects, CancellationToken cancellationToken)
    {
        if (subjects.Length == 0)
            return true;
        var after = (Subject: "", Sequence: 0L);
        List<OutboxEvent> page;
        do
        {
            held.BeginPage();
            page = await rows.EventsAsync(subjects, after, RowsInPage, cancellationToken);
            for (var next = held.AddRows(page); next < page.Count; next += held.AddRows(page[next..]))
            {
                if (!lane.IsReady)
                    return false;
                await held.ChangedAsync(_lookAgain, cancellationToken);
                held.Resume();
            }

            if (page.Count > 0)
                after = (page[^1].Subject, page[^1].Sequence);
        }
        while (page.Count == RowsInPage);

        return true;
    }
}
