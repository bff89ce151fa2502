using System.Reflection;

namespace Airliner.Persistence.Postgres.Schema;

/// <summary>
/// A named line of SQL steps: the resources <c>NNN_what.sql</c> embedded in an assembly right under a prefix, applied in
/// the order of their names.
/// </summary>
/// <param name="Name">What the journal keeps the steps under, so it never changes: <c>users</c>, <c>outbox</c>.</param>
/// <param name="Assembly">Where the steps are embedded.</param>
/// <param name="ResourcePrefix">
/// All of a resource's name before <c>NNN</c>, with its last dot. The compiler turns a folder into its name with
/// underscores for what no identifier may hold: <c>Airliner.Users.Storage.</c>.
/// </param>
public sealed record MigrationSource(string Name, Assembly Assembly, string ResourcePrefix)
{
    private const string OwnSql = "Airliner.Persistence.Postgres.Sql.";

    /// <summary>The table and the queries that <c>Microsoft.Orleans.Persistence.AdoNet</c> keeps grain state by.</summary>
    public static MigrationSource GrainState { get; } = new("orleans-grain-state", typeof(MigrationSource).Assembly, OwnSql + "grain_state.");

    /// <summary>The table of events that wait to be published.</summary>
    public static MigrationSource Outbox { get; } = new("outbox", typeof(MigrationSource).Assembly, OwnSql + "outbox.");

    /// <summary>The table of idempotency keys and what was answered to them.</summary>
    public static MigrationSource StoredAnswers { get; } = new("stored-answers", typeof(MigrationSource).Assembly, OwnSql + "stored_answers.");

    /// <summary>The tables of a service's audit log.</summary>
    public static MigrationSource Audit { get; } = new("audit", typeof(MigrationSource).Assembly, OwnSql + "audit.");

    /// <summary>The tables and the queries that <c>Microsoft.Orleans.Clustering.AdoNet</c> keeps membership by.</summary>
    public static MigrationSource Clustering { get; } = new("orleans-clustering", typeof(MigrationSource).Assembly, OwnSql + "clustering.");
}
