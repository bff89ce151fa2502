using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;

namespace Airliner.Tasks.Gateway.Workers;

/// <summary>The types that tasks may be of: the silos' own, and those that workers have registered, which are kept for some seconds.</summary>
internal sealed class RegisteredTypes(GrainCalls calls, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan _goodFor = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asking = new(1);
    private IReadOnlyList<string> _types = [];
    private long _askedAt;

    /// <summary>A moment for <see cref="RefusalAsync"/>.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Says what is wrong with a type; null where tasks can be of it. One that is not known is asked for, as it may have been registered a moment ago.</summary>
    /// <param name="since">What was registered until then is to be known; those who ask for many types at once are answered once.</param>
    public async ValueTask<string?> RefusalAsync(string taskType, long since)
    {
        if (TaskTypes.All.Contains(taskType))
            return null;
        var asked = Volatile.Read(ref _askedAt);
        if (asked > 0 && time.GetElapsedTime(asked) < _goodFor && _types.Contains(taskType))
            return null;
        if (TaskTypeNames.AreLike(taskType))
            await AskAsync(since);
        return _types.Contains(taskType) ? null : $"must be a registered type: {string.Join(", ", TaskTypes.All.Concat(_types))}.";
    }

    public void Dispose() => _asking.Dispose();

    /// <summary>Asks, unless somebody else has since the given time: those who ask for what is not there wait for one answer together.</summary>
    private async Task AskAsync(long since)
    {
        await _asking.WaitAsync();
        try
        {
            if (_askedAt >= since)
                return;
            var begun = time.GetTimestamp();
            _types = await calls.Call(grains => grains.GetGrain<ITaskTypesGrain>(0).All());
            Volatile.Write(ref _askedAt, begun);
        }
        finally
        {
            _asking.Release();
        }
    }
}
