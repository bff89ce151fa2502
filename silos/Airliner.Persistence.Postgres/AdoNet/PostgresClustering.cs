using Airliner.Persistence.Postgres.Schema;
using Orleans.Configuration;

namespace Airliner.Persistence.Postgres.AdoNet;

/// <summary>
/// Cluster membership in Postgres by <c>Microsoft.Orleans.Clustering.AdoNet</c>, on the schema of
/// <see cref="MigrationSource.Clustering"/>.
/// </summary>
public static class PostgresClustering
{
    /// <summary>What the AdoNet packages know Npgsql by.</summary>
    internal const string Invariant = "Npgsql";

    /// <summary>Lets a silo join the cluster that the database keeps, and brings that database to the schema it needs first.</summary>
    public static ISiloBuilder UsePostgresClustering(this ISiloBuilder silo, string connectionString) => silo
        .MigrateAtStart("cluster", connectionString, MigrationSource.Clustering)
        .UseAdoNetClustering((AdoNetClusteringSiloOptions options) =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = connectionString;
        });
}
