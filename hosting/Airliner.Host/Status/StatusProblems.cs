using System.Globalization;
using Airliner.ServiceDefaults.Cluster.Reports;

namespace Airliner.Host.Status;

/// <summary>What is not well, in words.</summary>
internal static class StatusProblems
{
    /// <summary>An event that waits longer for Kafka is late. While all is well it takes milliseconds; a broker that is restarted, some seconds.</summary>
    private const double LateSeconds = 60;

    private static readonly string[] _services = [GatewayAddress.Users, GatewayAddress.Auth, GatewayAddress.Tasks, GatewayAddress.Notifications];

    public static IEnumerable<string> Of(IEnumerable<GatewayStatus> gateways) =>
        gateways.Where(gateway => !gateway.Ready).Select(gateway => $"The gateway of {gateway.Service} at {gateway.Address} is not ready: {gateway.Reason}");

    /// <summary>A silo that is dead is no problem while its service has another: its row only tells what happened.</summary>
    public static IEnumerable<string> Of(ClusterView cluster)
    {
        foreach (var silo in cluster.Silos.Where(silo => silo.Status == "active"))
        {
            if (!silo.Answers)
                yield return $"The silo {silo.Name} at {silo.Address} is active and does not answer.";
            foreach (var check in silo.Failing ?? [])
                yield return $"The silo {silo.Name} at {silo.Address} is not ready: {check.Check}: {check.Reason}";
        }

        foreach (var service in _services.Except(cluster.Silos.SelectMany(silo => silo.Services ?? [])))
            yield return $"No silo of {service} is active and answers.";
        foreach (var outbox in cluster.Outboxes.Where(outbox => outbox.OldestAge > LateSeconds))
            yield return string.Create(CultureInfo.InvariantCulture, $"Events of {outbox.Service} have waited for Kafka for {outbox.OldestAge:0} s.");
        foreach (var consumer in cluster.Consumers.Where(consumer => consumer.Partitions == 0))
            yield return $"No silo reads {consumer.Topic} for {consumer.Group}.";
    }
}
