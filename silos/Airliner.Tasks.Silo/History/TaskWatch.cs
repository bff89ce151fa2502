using System.Globalization;
using Airliner.Persistence.Postgres.Outbox;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains.History;

namespace Airliner.Tasks.Silo.History;

/// <summary>Those who wait for what happens to tasks, each with the sequence that is known.</summary>
internal sealed class TaskWatch(TaskHistoryTable table, TimeProvider time, ILogger<TaskWatch> log) : TableWatch<long>(time, log), ITaskWatch, ICommittedEvents
{
    // The key of a task's events is its id.
    public void Committed(IReadOnlyList<OutboxEvent> events) =>
        Tell(events, raised => long.Parse(raised.Key, CultureInfo.InvariantCulture), (raised, after) => after < raised.Sequence);

    protected override Task<IReadOnlyList<int>> FindNewsAsync(IReadOnlyList<(long Key, long After)> known, CancellationToken cancellationToken) =>
        table.FindNewsAsync(known, cancellationToken);
}
