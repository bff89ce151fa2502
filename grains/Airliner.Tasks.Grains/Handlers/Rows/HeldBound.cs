namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Counts what a sort, a grouping or a join holds in memory, and fails the task where that is too much.</summary>
internal sealed class HeldBound(RowOptions limits, string member, string what, string advice)
{
    private int _rows;
    private long _bytes;

    /// <summary>What is held is no more.</summary>
    public void LetGo()
    {
        HeldMemory.Add(-_bytes);
        (_rows, _bytes) = (0, 0);
    }

    public void Add(int rows, long bytes)
    {
        _rows += rows;
        _bytes += bytes;
        if (_rows > limits.MaxHeldRows)
            throw new TaskInputException($"{member}: more than {limits.MaxHeldRows} {what}; {advice}");
        if (_bytes > limits.MaxHeldBytes)
            throw new TaskInputException($"{member}: the {what} take more than {limits.MaxHeldBytes} bytes of memory; {advice}");
        HeldMemory.Add(bytes);
    }
}
