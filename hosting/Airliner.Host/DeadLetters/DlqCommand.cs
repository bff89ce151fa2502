using System.Globalization;
using Airliner.Host.Embedded;
using Airliner.Kafka;
using Airliner.Kafka.Redrive;

namespace Airliner.Host.DeadLetters;

/// <summary><c>airliner dlq list|show|redrive</c>: what consumers could not handle.</summary>
internal static class DlqCommand
{
    public const string Json = "--json";
    private const string All = "--all";

    public static IReadOnlyCollection<string> Options { get; } = ["--kafka", EmbeddedPorts.Offset];

    public static IReadOnlyCollection<string> Switches { get; } = [Json, All];

    /// <returns>0 unless a redrive left something where it was.</returns>
    /// <exception cref="UsageException">The words say nothing that it knows.</exception>
    /// <exception cref="DeadLetterException">The broker is away, or has no such letter.</exception>
    public static int Run(Arguments arguments)
    {
        using var store = new DeadLetterStore(Kafka(arguments));
        var report = new DlqReport(arguments.Has(Json));
        return (arguments.Operands, arguments.Has(All)) switch
        {
            (["list"], false) => report.List(store.List()),
            (["show", var topic, var place], false) => report.Show(At(place, (partition, offset) => store.Read(topic, partition, offset))),
            (["redrive", var topic], var all) => report.Redriven(topic, store.Redrive(topic, all)),
            (["redrive", var topic, var place], false) => report.Redriven(topic, At(place, (partition, offset) => store.Redrive(topic, partition, offset))),
            _ => throw new UsageException("dlq takes: list; show TOPIC PARTITION:OFFSET; redrive TOPIC [PARTITION:OFFSET | --all]."),
        };
    }

    /// <summary>The named broker, with whatever else the processes of the system are told of it (<c>Kafka__…</c>), or the embedded one.</summary>
    private static KafkaOptions Kafka(Arguments arguments)
    {
        var configuration = new ConfigurationManager();
        configuration.AddEnvironmentVariables();
        var options = new KafkaOptions { BootstrapServers = $"127.0.0.1:{EmbeddedPorts.From(arguments).Kafka}" };
        configuration.GetSection("Kafka").Bind(options);
        if (EmbeddedSettings.Address(arguments, "--kafka") is { } named)
            options.BootstrapServers = named;
        return options;
    }

    private static T At<T>(string place, Func<int, long, T> at) =>
        place.Split(':') is [var partition, var offset]
        && int.TryParse(partition, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? at(index, position)
            : throw new UsageException($"A letter's place is PARTITION:OFFSET, for example 3:17; '{place}' is not.");
}
