using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Airliner.Notifications.Grains.Providers;

/// <summary>What the providers tell of themselves, by <c>channel</c> and <c>provider</c>.</summary>
internal static class ProviderInstruments
{
    private static readonly Meter _meter = new("Airliner.Notifications");
    private static readonly ConcurrentDictionary<ProviderCircuit, bool> _circuits = new();

    private static readonly Counter<long> _answers = _meter.CreateCounter<long>(
        "airliner.notifications.provider_answers", "{answer}", "What providers made of notifications, by outcome: taken, refused, failed, not_asked.");

    private static readonly Counter<long> _bounces = _meter.CreateCounter<long>(
        "airliner.notifications.bounces", "{bounce}", "Bounces that providers have told of, by type: hard, soft, complaint.");

    static ProviderInstruments() => _meter.CreateObservableGauge(
        "airliner.notifications.circuit_open",
        () => _circuits.Keys.Select(circuit => new Measurement<int>(
            circuit.IsClosed ? 0 : 1, Tag("channel", circuit.Provider.Channel), Tag("provider", circuit.Provider.Name))),
        description: "1 while a provider is left alone because it fails.");

    public static void Watch(ProviderCircuit circuit) => _circuits[circuit] = true;

    public static void Unwatch(ProviderCircuit circuit) => _circuits.TryRemove(circuit, out _);

    public static void Answered(IChannelProvider provider, string outcome) =>
        _answers.Add(1, Tag("channel", provider.Channel), Tag("provider", provider.Name), Tag("outcome", outcome));

    public static void Bounced(string type) => _bounces.Add(1, Tag("type", type));

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
