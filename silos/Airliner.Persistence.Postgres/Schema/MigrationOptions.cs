namespace Airliner.Persistence.Postgres.Schema;

/// <summary>How long <see cref="Migrations"/> waits, and for what.</summary>
public sealed record MigrationOptions
{
    /// <summary>How long a database may take to answer: containers start in any order. 60 seconds.</summary>
    public TimeSpan DatabaseWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long another process may be migrating the same database. 5 minutes, as long as one step may take.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a step may wait for a table that others use, as a backup does for as long as it lasts: whoever comes meanwhile waits behind it. Then it lets them through, and
    /// tries again until <see cref="LockWait"/> is over. 3 seconds.
    /// </summary>
    public TimeSpan TableWait { get; init; } = TimeSpan.FromSeconds(3);
}
