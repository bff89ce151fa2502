namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// What the attempts that run in a process hold in memory together: sorts, groups, joins, texts, row groups. Each of them has bounds of its own, and many at once would still be
/// more than there is: then the one that asks for more is handed back until others have ended. Waiting for them could end with each waiting for the other. One that is alone has
/// what its own bounds let it have.
/// </summary>
/// <param name="most">The most bytes of all together.</param>
internal sealed class HeldMemory(long most)
{
    private static readonly AsyncLocal<Share?> _share = new();
    private readonly long _most = most;
    private long _bytes;

    /// <summary>Half of what .NET lets the process have: in a container that is three quarters of its limit.</summary>
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
    /// <exception cref="NoRoomException">Others hold too much for that.</exception>
    public static void Add(long bytes) => _share.Value?.Add(bytes);

    private sealed class Share(HeldMemory memory)
    {
        public long Bytes { get; private set; }

        public void Add(long bytes)
        {
            for (var all = Interlocked.Read(ref memory._bytes); ;)
            {
                if (bytes > 0 && all + bytes > memory._most && all > Bytes)
                    throw new NoRoomException($"Tasks that run beside this one hold {all - Bytes} bytes in memory, and it asks for {Bytes + bytes}; together they may hold {memory._most}.");
                var before = Interlocked.CompareExchange(ref memory._bytes, all + bytes, all);
                if (before == all)
                    break;
                all = before;
            }

            Bytes += bytes;
        }
    }
}
