namespace Airliner.Persistence.Postgres.Schema;

/// <summary>How long <see cref="Migrations"/> waits, and for what.</summary>
public sealed record MigrationOptions
{
    /// <summary>How long a database may take to answer: containers start in any order. 60 seconds.</summary>
    public TimeSpan DatabaseWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long another process may be migrating the same database. 5 minutes, as long as one step may take.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one statement of a step may run. 5 minutes: an index over a large table.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The clock that <see cref="DatabaseWait"/> is measured by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
