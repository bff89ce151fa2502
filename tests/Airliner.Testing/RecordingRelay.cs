using Airliner.Persistence.Postgres.Outbox;

namespace Airliner.Testing;

/// <summary>Keeps the events that it takes, in place of publishing them: a test sees what would be published, and in which order.</summary>
/// <param name="owner">The silo whose events they are.</param>
public sealed class RecordingRelay(string owner = "test") : IOutboxRelay
{
    private readonly Lock _lock = new();
    private readonly List<OutboxEvent> _taken = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Owner { get; } = owner;

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
        ArgumentNullException.ThrowIfNull(committed);
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

    /// <summary>The sequences of an entity's events, in the order in which they were taken.</summary>
    public List<long> SequencesOf(string subject) => [.. Taken.Where(e => e.Subject == subject).Select(e => e.Sequence)];
}
