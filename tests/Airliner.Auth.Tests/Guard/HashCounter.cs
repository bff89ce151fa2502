using System.Diagnostics.Metrics;
using Xunit;

namespace Airliner.Auth.Tests.Guard;

/// <summary>Counts the passwords that this process hashes while it lives.</summary>
internal sealed class HashCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public HashCounter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "airliner.passwords.hashed")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, hashes, _, _) => Interlocked.Add(ref _count, hashes));
        _listener.Start();
    }

    public long Count => Interlocked.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}

/// <summary>Tests that count hashes: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HashCollection
{
    public const string Name = "counted hashes";
}
