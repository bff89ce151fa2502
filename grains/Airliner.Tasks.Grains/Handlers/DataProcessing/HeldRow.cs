using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>A row kept for a sort: its cells, what it sorts by, and its place in the input, which makes the sort stable.</summary>
internal sealed class HeldRow(int cellCount, int keyCount) : IRow
{
    private byte[] _cells = [];

    public SortKey[] Keys { get; } = new SortKey[keyCount];

    public long Sequence { get; private set; }

    /// <summary>About what the row takes in memory.</summary>
    public long Bytes => 120 + _cells.Length + (48L * Keys.Length);

    public ReadOnlySpan<byte> Cell(int column) => PackedRow.Cell(_cells, column, cellCount);

    /// <summary>Takes over other cells; a row that lost its place is used again for the next.</summary>
    public void Take(ReadOnlySpan<byte> packed, ReadOnlySpan<int> keyCells, long sequence)
    {
        if (_cells.Length < packed.Length)
            _cells = new byte[packed.Length];
        packed.CopyTo(_cells);
        Sequence = sequence;
        for (var index = 0; index < Keys.Length; index++)
            Keys[index] = SortKey.Of(Cell(keyCells[index]));
    }
}
