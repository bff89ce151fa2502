using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Tasks.Tests.Doubles;

/// <summary>Keeps what it was given, in place of publishing it.</summary>
internal sealed class RecordingRelay : IOutboxRelay
{
    private readonly Lock _lock = new();
    private readonly List<OutboxEvent> _taken = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Owner => "test";

    public IReadOnlyList<OutboxEvent> Taken
    {
        get
        {
            lock (_lock)
                return [.. _taken];
        }
    }

    /// <summary>Told of every event, in addition.</summary>
    public Action<OutboxEvent>? OnTaken { get; set; }

    public void Take(IReadOnlyList<OutboxEvent> committed)
    {
        foreach (var taken in committed)
            OnTaken?.Invoke(taken);
        lock (_lock)
        {
            _taken.AddRange(committed);
            _more.TrySetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits for the first event that is wanted.</summary>
    public async Task<OutboxEvent> WaitForAsync(Func<OutboxEvent, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_taken.FirstOrDefault(wanted) is { } found)
                    return found;
                more = _more.Task;
            }

            await more.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }
    }
}
