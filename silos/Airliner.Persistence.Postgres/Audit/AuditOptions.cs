namespace Airliner.Persistence.Postgres.Audit;

/// <summary>How long the audit log is kept, section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>How old an entry gets before it is swept: a day or more.</summary>
    public TimeSpan KeptFor { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How often what is older is looked for.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);

    /// <exception cref="InvalidOperationException">A setting is out of its range; the message names it.</exception>
    public AuditOptions Checked() =>
        KeptFor < TimeSpan.FromDays(1) ? throw new InvalidOperationException($"Audit:KeptFor must be a day or more; it is {KeptFor}.")
        : SweepInterval <= TimeSpan.Zero ? throw new InvalidOperationException($"Audit:SweepInterval must be more than nothing; it is {SweepInterval}.")
        : this;
}
