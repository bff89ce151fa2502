using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>
/// A stable sort in memory, within bounds. With a limit it keeps that many rows in a heap whose top is the one to give
/// up next, and allocates nothing for rows that never get in.
/// </summary>
internal sealed class RowSorter : IComparer<HeldRow>
{
    private readonly SortPlan _plan;
    private readonly long _limit;
    private readonly HeldBound _held;
    private readonly List<HeldRow> _rows = [];
    private readonly PriorityQueue<HeldRow, HeldRow> _best;
    private byte[] _buffer = new byte[256];
    private HeldRow _candidate;
    private long _sequence;

    public RowSorter(SortPlan plan, long? limit, RowOptions limits)
    {
        _plan = plan;
        _limit = limit ?? long.MaxValue;
        _held = new HeldBound(limits, "sort", "rows to sort", "filter more, select fewer columns, or set a limit");
        _best = new PriorityQueue<HeldRow, HeldRow>(Comparer<HeldRow>.Create((x, y) => Compare(y, x)));
        _candidate = NewRow();
    }

    public void Add(IRow row)
    {
        if (_limit == 0)
            return;
        _candidate.Take(PackedRow.Pack(row, _plan.HeldColumns, ref _buffer), _plan.KeyCells, _sequence++);
        if (_limit == long.MaxValue)
        {
            _rows.Add(_candidate);
        }
        else if (_best.Count < _limit)
        {
            _best.Enqueue(_candidate, _candidate);
        }
        else
        {
            if (Compare(_candidate, _best.Peek()) >= 0)
                return;
            var lost = _best.EnqueueDequeue(_candidate, _candidate);
            _held.Add(0, _candidate.Bytes - lost.Bytes);
            _candidate = lost;
            return;
        }

        _held.Add(1, _candidate.Bytes);
        _candidate = NewRow();
    }

    public IReadOnlyList<IRow> Sorted()
    {
        foreach (var (row, _) in _best.UnorderedItems)
            _rows.Add(row);
        _best.Clear();
        _rows.Sort(this);
        return _rows;
    }

    public int Compare(HeldRow? x, HeldRow? y)
    {
        for (var index = 0; index < _plan.KeyCells.Length; index++)
        {
            var (left, right) = (x!.Keys[index], y!.Keys[index]);
            // Not Rank.CompareTo: an enum's boxes both sides, for every comparison.
            var order = (int)left.Rank - (int)right.Rank;
            if (order == 0)
            {
                order = left.Rank switch
                {
                    SortKey.Kind.Number => left.Number.CompareTo(right.Number),
                    SortKey.Kind.Text => x.Cell(_plan.KeyCells[index]).SequenceCompareTo(y.Cell(_plan.KeyCells[index])),
                    _ => 0,
                };
            }

            if (order != 0)
                return _plan.Descending[index] ? -order : order;
        }

        return x!.Sequence.CompareTo(y!.Sequence);
    }

    private HeldRow NewRow() => new(_plan.HeldColumns.Length, _plan.KeyCells.Length);
}
