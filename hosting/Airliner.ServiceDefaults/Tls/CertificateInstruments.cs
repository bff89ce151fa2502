using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Airliner.ServiceDefaults.Tls;

/// <summary>How long the certificates of this process are good: they are read at its start, and nothing else says that they are about to end.</summary>
internal static class CertificateInstruments
{
    private static readonly Meter _meter = new("Airliner.Tls");
    private static readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new();

    static CertificateInstruments() => _meter.CreateObservableGauge(
        "airliner.tls.certificate.remaining",
        () => _ends.Select(end => new Measurement<double>((end.Value - TimeProvider.System.GetUtcNow()).TotalSeconds, new KeyValuePair<string, object?>("use", end.Key))),
        unit: "s",
        description: "How long a certificate is still good, by the section of its settings.");

    public static void Loaded(string use, DateTimeOffset end) => _ends[use] = end;
}
