namespace Airliner.Benchmark.Load;

/// <summary>Requests made beforehand: each connection has its own set, and sends one after the other of it, from the first again when it is through.</summary>
/// <param name="sets">The sets; connections beyond their number share.</param>
internal sealed class PreparedRequests(int expectedStatus, IReadOnlyList<byte[][]> sets) : IWorkload
{
    private readonly int[] _next = new int[1024];

    public int ExpectedStatus => expectedStatus;

    public ReadOnlyMemory<byte> Next(int connection)
    {
        var set = sets[connection % sets.Count];
        return set[(uint)_next[connection]++ % (uint)set.Length];
    }
}
