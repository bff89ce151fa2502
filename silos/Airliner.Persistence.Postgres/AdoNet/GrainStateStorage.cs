using Airliner.Persistence.Postgres.Schema;
using Npgsql;
using Orleans.Configuration;

namespace Airliner.Persistence.Postgres.AdoNet;

/// <summary>Storage for state that only its own grain reads.</summary>
public static class GrainStateStorage
{
    // Four queries make up all that a connection is used for.
    private const int PreparedStatements = 16;

    /// <summary>
    /// Adds named storage for <c>[PersistentState(state, name)]</c>: JSON in Postgres by
    /// <c>Microsoft.Orleans.Persistence.AdoNet</c>, on the schema of <see cref="MigrationSource.GrainState"/>, which is
    /// applied before the silo starts. The state's name must be unique in the database: it is the row's key in place of the
    /// grain's type. Clearing a state deletes its row.
    /// </summary>
    public static ISiloBuilder AddGrainStateStorage(this ISiloBuilder silo, string name, string connectionString) =>
        silo.AddAdoNetGrainStorage(name, (AdoNetGrainStorageOptions options) =>
        {
            options.Invariant = PostgresClustering.Invariant;
            options.ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = PreparedStatements }.ConnectionString;
            options.GrainStorageSerializer = new JsonGrainStorageSerializer();
            options.DeleteStateOnClear = true;
        });
}
