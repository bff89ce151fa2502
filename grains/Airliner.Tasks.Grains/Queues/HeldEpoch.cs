namespace Airliner.Tasks.Grains.Queues;

/// <summary>The epoch under which one activation of a queue starts tasks.</summary>
internal sealed class HeldEpoch(IQueueTable table, string taskType)
{
    private long _doubted;
    private long _refused;

    /// <summary>The number; 0 while the activation must start nothing: before what runs was counted, and after another one has followed it.</summary>
    public long Number { get; private set; }

    /// <summary>Whether tasks may be started now. Not while a start was refused and it has not been asked why.</summary>
    public bool MayStart => Number != 0 && _refused != Number;

    /// <summary>Nobody knows whether a start under that epoch happened. Once the epoch is over the table tells.</summary>
    public void Doubt(long epoch) => _doubted = Math.Max(_doubted, epoch);

    /// <summary>A start under that epoch was refused: either another activation has followed, or this one is about to hear that it has a newer epoch itself.</summary>
    /// <returns>Whether it is the present epoch, so that somebody has to ask.</returns>
    public bool Refuse(long epoch)
    {
        _refused = Math.Max(_refused, epoch);
        return epoch == Number;
    }

    /// <summary>Takes the first epoch, and the next one where a start is in doubt.</summary>
    /// <returns>The epoch; null where another activation has taken a newer one.</returns>
    public async Task<long?> HoldAsync(bool isInDoubt)
    {
        if (Number == 0)
            return await table.TakeEpochAsync(taskType);
        if (_doubted < Number && _refused < Number && !isInDoubt)
            return Number;
        if (await table.AdvanceEpochAsync(taskType, Number) is not { } next)
            return null;
        Number = next; // What runs is counted already, and what is told to start from now on may commit.
        return next;
    }

    /// <summary>What runs has been counted since the epoch was taken.</summary>
    public void Counted(long epoch) => Number = epoch;

    /// <summary>Another activation has followed.</summary>
    public void GiveUp() => Number = 0;
}
