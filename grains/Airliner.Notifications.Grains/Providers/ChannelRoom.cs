namespace Airliner.Notifications.Grains.Providers;

/// <summary>
/// How much of a channel is under way at once. Who waits is let in in order, but security's before all others: a code must not wait behind all that a slow provider has
/// left over. As many wait at most as the sweeps have under way.
/// </summary>
/// <param name="size">How much, at least 1.</param>
internal sealed class ChannelRoom(int size)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _ofSecurity = new();
    private readonly Queue<TaskCompletionSource> _others = new();
    private int _free = size;

    /// <summary>Ends when there is room, which is taken then.</summary>
    public Task EnterAsync(bool isOfSecurity)
    {
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (isOfSecurity ? _ofSecurity : _others).Enqueue(turn);
            return turn.Task;
        }
    }

    /// <summary>Leaves the room to whoever is next.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_ofSecurity.TryDequeue(out var next) || _others.TryDequeue(out next))
                next.SetResult();
            else
                _free++;
        }
    }
}
