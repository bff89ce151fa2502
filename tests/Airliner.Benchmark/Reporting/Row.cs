using Airliner.Benchmark.Load;

namespace Airliner.Benchmark.Reporting;

/// <summary>A line of the table.</summary>
/// <param name="What">What was measured, for people.</param>
/// <param name="Peer">The same of the peer, where it does that too.</param>
/// <param name="Aim">What it should be, for people.</param>
/// <param name="Note">What one has to know to read it.</param>
internal sealed record Row(string Name, string What, LoadResult System, LoadResult? Peer = null, string? Aim = null, string? Note = null)
{
    /// <summary>The system's operations per second over the peer's, where the row's note does not say of what it is.</summary>
    public double? Ratio { get; init; } = Peer is null ? null : System.OperationsPerSecond / Peer.OperationsPerSecond;
}
