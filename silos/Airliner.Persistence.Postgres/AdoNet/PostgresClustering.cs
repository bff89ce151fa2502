using Airliner.Persistence.Postgres.Schema;
using Orleans.Configuration;

namespace Airliner.Persistence.Postgres.AdoNet;

/// <summary>
/// Cluster membership in Postgres by <c>Microsoft.Orleans.Clustering.AdoNet</c>, on the schema of
/// <see cref="MigrationSource.Clustering"/>, which is applied before the first silo starts.
/// </summary>
public static class PostgresClustering
{
    /// <summary>What the AdoNet packages know Npgsql by.</summary>
    internal const string Invariant = "Npgsql";

    /// <summary>Lets a silo join the cluster that the database keeps.</summary>
    public static ISiloBuilder UsePostgresClustering(this ISiloBuilder silo, string connectionString) =>
        silo.UseAdoNetClustering((AdoNetClusteringSiloOptions options) =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = connectionString;
        });

    /// <summary>Lets a client find the gateways of the cluster that the database keeps.</summary>
    public static IClientBuilder UsePostgresClustering(this IClientBuilder client, string connectionString) =>
        client.UseAdoNetClustering((AdoNetClusteringClientOptions options) =>
        {
            options.Invariant = Invariant;
            options.ConnectionString = connectionString;
        });
}
