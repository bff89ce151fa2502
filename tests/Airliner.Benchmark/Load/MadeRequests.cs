namespace Airliner.Benchmark.Load;

/// <summary>Requests that differ from one another and are made as they are sent: for what is slow enough that this does not matter.</summary>
internal sealed class MadeRequests(int expectedStatus, Func<byte[]> make) : IWorkload
{
    public int ExpectedStatus => expectedStatus;

    public ReadOnlyMemory<byte> Next(int connection) => make();
}
