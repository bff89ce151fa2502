namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// What the attempts that run in a process hold in memory together: sorts, groups, joins, texts, row groups. Each of them has bounds of its own, and many at once would still be
/// more than there is: then the one that asks for more is tried again later. One that is alone has what its own bounds let it have.
/// </summary>
/// <param name="most">The most bytes of all together.</param>
internal sealed class HeldMemory(long most)
{
    private static readonly AsyncLocal<Share?> _share = new();
    private readonly long _most = most;
    private long _bytes;

    /// <summary>Half of what the process may have, which in a container is less than the machine has.</summary>
    public static HeldMemory OfProcess() => new(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>Runs an attempt. What it holds is let go of at its end.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> attempt)
    {
        var share = _share.Value = new Share(this);
        try
        {
            return await attempt();
        }
        finally
        {
            share.Add(-share.Bytes);
        }
    }

    /// <summary>Counts bytes for the attempt that runs here; those below zero are let go of.</summary>
    /// <exception cref="TaskTryAgainException">Others hold too much for that.</exception>
    public static void Add(long bytes) => _share.Value?.Add(bytes);

    private sealed class Share(HeldMemory memory)
    {
        public long Bytes { get; private set; }

        public void Add(long bytes)
        {
            Bytes += bytes;
            var all = Interlocked.Add(ref memory._bytes, bytes);
            if (bytes > 0 && all > memory._most && all > Bytes)
                throw new TaskTryAgainException($"The tasks that run here hold {all} bytes in memory, more than {memory._most}; this one waits for others to end.");
        }
    }
}
