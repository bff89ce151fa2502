using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>
/// What a cell sorts by. Comparing as numbers only where both sides are is no order (10 &lt; 1a &lt; 9 &lt; 10), so a sort puts
/// empty cells first, then numbers by value, then text; descending is the reverse.
/// </summary>
internal readonly record struct SortKey(SortKey.Kind Rank, CellNumber Number)
{
    internal enum Kind : byte
    {
        Empty,
        Number,
        Text,
    }

    public static SortKey Of(ReadOnlySpan<byte> cell) =>
        cell.IsEmpty ? new(Kind.Empty, default)
        : CellNumber.TryParse(cell, out var number) ? new(Kind.Number, number)
        : new(Kind.Text, default);
}
