using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Airliner.ServiceDefaults.Telemetry;

/// <summary>
/// What is kept of the metrics that .NET, ASP.NET Core, Orleans and Npgsql have beside ours: those by which somebody can tell that something is wrong. All of them would be some
/// two hundred, and docs/operations.md says of each metric what to do.
/// </summary>
internal static class FrameworkMetrics
{
    private static readonly FrozenDictionary<string, FrozenSet<string>> _kept = new Dictionary<string, string[]>
    {
        ["System.Runtime"] =
        [
            "dotnet.process.cpu.time", "dotnet.process.memory.working_set", "dotnet.gc.pause.time", "dotnet.gc.last_collection.heap.size",
            "dotnet.gc.heap.total_allocated", "dotnet.thread_pool.queue.length", "dotnet.thread_pool.thread.count", "dotnet.exceptions",
        ],
        ["Microsoft.AspNetCore.Hosting"] = ["http.server.request.duration", "http.server.active_requests"],
        ["Microsoft.AspNetCore.Server.Kestrel"] = ["kestrel.active_connections"],
        ["Microsoft.Orleans"] =
        [
            "orleans-grains", "orleans-catalog-activations", "orleans-app-requests-latency", "orleans-app-requests-timedout", "orleans-messaging-rejected",
            "orleans-messaging-expired", "orleans-scheduler-long-running-turns",
        ],
        ["Npgsql"] =
        [
            "db.client.operation.duration", "db.client.operation.failed", "db.client.connection.count", "db.client.connection.max",
            "db.client.connection.npgsql.timeouts",
        ],
    }.ToFrozenDictionary(meter => meter.Key, meter => meter.Value.ToFrozenSet());

    /// <summary>The meters of which something is kept.</summary>
    public static IEnumerable<string> Meters => _kept.Keys;

    /// <summary>The view that leaves the others out.</summary>
    public static MetricStreamConfiguration? DropOthers(Instrument instrument) =>
        _kept.TryGetValue(instrument.Meter.Name, out var kept) && !kept.Contains(instrument.Name) ? MetricStreamConfiguration.Drop : null;
}
