using System.Globalization;
using System.Text.Json;
using Airliner.Contracts;
using Airliner.Contracts.Cluster;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster.Reports;
using Spectre.Console;

namespace Airliner.Host.Status;

/// <summary>Shows a status, to people or as JSON.</summary>
internal static class StatusReport
{
    private static readonly JsonSerializerOptions _json = new(AirlinerJson.Options) { WriteIndented = true };

    public static void WriteJson(SystemStatus status) => Console.WriteLine(JsonSerializer.Serialize(status, _json));

    public static void WriteTables(SystemStatus status)
    {
        // A pipe has no width, and what is searched there is better not broken.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 240;
        Write("gateways", ["service", "address", "status"], status.Gateways.Select(gateway => Row(
            gateway.Service, gateway.Address, gateway.Ready ? "ready" : "not ready")));
        if (status.Silos is { } silos)
        {
            Write("silos", ["name", "services", "address", "status", "since", "version", "grains", "tasks"], silos.Select(SiloRow));
            Write("activations", ["silo", "address", "grains"], silos.Where(silo => silo.Answers).Select(silo => Row(
                silo.Name, silo.Address, string.Join(", ", silo.Grains!.Select(grain => $"{grain.Type} {grain.Count}")))));
        }

        if (status.Queues is { } queues)
        {
            Write("queues", ["type", "pending", "later", "running", "limit", "oldest wait", "oldest due"], queues.Select(queue => Row(
                queue.TaskType, Counted(queue.Pending, TaskQueueView.CountedAtMost), Counted(queue.Later, TaskQueueView.CountedAtMost), $"{queue.Running}", $"{queue.Limit}", Seconds(queue.OldestWait),
                Time(queue.OldestDue))));
        }

        if (status.Outboxes is { } outboxes)
        {
            Write("outboxes", ["service", "events", "oldest"], outboxes.Select(outbox => Row(
                outbox.Service, outbox.Depth is { } depth ? Counted(depth, OutboxReport.CountedAtMost) : "not known", Seconds(outbox.OldestAge))));
        }

        if (status.Consumers is { } consumers)
        {
            Write("consumers", ["group", "topic", "partitions", "lag"], consumers.Select(consumer => Row(
                consumer.Group, consumer.Topic, $"{consumer.Partitions}", $"{consumer.Lag}")));
        }

        foreach (var problem in status.Problems)
            AnsiConsole.MarkupLineInterpolated($"[red]{problem}[/]");
        if (status.Healthy)
            AnsiConsole.MarkupLine("[green]All is well.[/]");
    }

    private static string[] SiloRow(SiloView silo) => Row(
        silo.Name,
        string.Join(", ", silo.Services ?? []),
        silo.Address,
        silo is { Status: "active", Answers: false } ? "active, no answer" : silo is { Status: "active", Failing.Count: > 0 } ? "active, not ready" : silo.Status,
        Time(silo.StartedAt),
        silo.Version ?? "",
        silo.Grains is { } grains ? $"{grains.Sum(grain => grain.Count)}" : "",
        silo.RunningTasks is { } tasks ? string.Join(", ", tasks.Select(type => $"{type.TaskType} {type.Count}")) : "");

    private static string[] Row(params string[] cells) => cells;

    private static string Counted(long count, long atMost) => count >= atMost ? $"{atMost}+" : $"{count}";

    private static string Seconds(double? seconds) => seconds is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} s") : "";

    private static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    private static void Write(string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Title(title).AddColumns(columns);
        foreach (var row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }
}
