using System.Net;
using Npgsql;
using Orleans.Messaging;

namespace Airliner.ServiceDefaults.Cluster;

/// <summary>
/// The silos that a gateway connects to: those of its own service, which host nearly all grains that it calls, so that calls are not passed on by a silo
/// that does not host them. While none of them is up, all others, which hold the calls until one is.
/// </summary>
/// <param name="database">The database of the cluster's membership.</param>
internal sealed class ServiceGateways(string database, string clusterId, string service, TimeSpan refreshPeriod) : IGatewayListProvider, IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(database);

    public TimeSpan MaxStaleness => refreshPeriod;

    public bool IsUpdatable => true;

    /// <summary>The name of a service's silo on this machine, by which its gateways know it.</summary>
    public static string SiloName(string service) => $"{service}@{Environment.MachineName}";

    public Task InitializeGatewayListProvider() => Task.CompletedTask;

    public async Task<IList<Uri>> GetGateways()
    {
        await using var command = _database.CreateCommand(
            """
            select address, gateway_port, generation, starts_with(silo_name, $2) from cluster_member
            where cluster_id = $1 and status = $3 and gateway_port > 0
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = clusterId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"{service}@" });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)SiloStatus.Active });
        List<Uri> own = [], others = [];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var silo = SiloAddress.New(IPAddress.Parse(reader.GetString(0)), reader.GetInt32(1), reader.GetInt32(2));
            (reader.GetBoolean(3) ? own : others).Add(silo.ToGatewayUri());
        }

        return own.Count > 0 ? own : others;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
