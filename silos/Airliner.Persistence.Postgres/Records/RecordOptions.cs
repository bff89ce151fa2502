namespace Airliner.Persistence.Postgres.Records;

/// <summary>Bounds of the record store.</summary>
public sealed record RecordOptions
{
    /// <summary>Writes in one commit, at most.</summary>
    public int MaxBatch { get; init; } = 256;

    /// <summary>Reads or writes that wait for one table, at most; more wait outside.</summary>
    public int QueueCapacity { get; init; } = 8192;

    /// <summary>How long a write waits outside a full queue before it is refused.</summary>
    public TimeSpan EnqueueTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
