namespace Airliner.Benchmark.Load;

/// <summary>What a load consists of.</summary>
internal interface IWorkload
{
    /// <summary>The status of an answer that counts; every other one is an error.</summary>
    int ExpectedStatus { get; }

    /// <summary>The next request of a connection, whole. Made beforehand where that can be, for making it takes time from what is measured.</summary>
    ReadOnlyMemory<byte> Next(int connection);
}
