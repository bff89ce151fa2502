using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>Groups rows by the exact text of some cells, in the order of their first appearance, and holds the groups only.</summary>
internal sealed class RowGroups
{
    private const int ObjectBytes = 160;

    private readonly GroupPlan _plan;
    private readonly HeldBound _held;
    private readonly List<Group> _groups = [];
    private readonly Dictionary<byte[], Group>.AlternateLookup<ReadOnlySpan<byte>> _byKey;
    private byte[] _buffer = new byte[256];

    public RowGroups(GroupPlan plan, RowOptions limits)
    {
        _plan = plan;
        _held = new HeldBound(limits, "groupBy", "groups", "filter more, or group by columns with fewer values");
        _byKey = new Dictionary<byte[], Group>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();
        // Aggregates of everything are one row, also of no rows at all.
        if (plan.KeyColumns.Length == 0)
            Add(PackedRow.Pack(EmptyRow.Instance, [], ref _buffer));
    }

    public IReadOnlyList<IRow> Rows => _groups;

    public void Add(IRowSource row)
    {
        var key = PackedRow.Pack(row, _plan.KeyColumns, ref _buffer);
        if (!_byKey.TryGetValue(key, out var group))
            group = Add(key);
        for (var index = 0; index < _plan.Aggregates.Length; index++)
        {
            var aggregate = _plan.Aggregates[index];
            var accumulator = group.Accumulators[index];
            var held = accumulator.HeldBytes;
            var cell = aggregate.Column is { } column ? row.Cell(column) : default;
            if (!accumulator.Add(cell))
                throw NotANumber(row, aggregate, cell);
            _held.Add(0, accumulator.HeldBytes - held);
        }
    }

    private Group Add(ReadOnlySpan<byte> key)
    {
        _held.Add(1, ObjectBytes + key.Length + (_plan.Aggregates.Length * Accumulator.ObjectBytes));
        var accumulators = new Accumulator[_plan.Aggregates.Length];
        foreach (var (index, aggregate) in _plan.Aggregates.Index())
            accumulators[index] = Accumulator.Create(aggregate.Operator, ofRows: aggregate.Column is null);
        var group = new Group(key.ToArray(), _plan.KeyColumns.Length, accumulators);
        _byKey[key] = group;
        _groups.Add(group);
        return group;
    }

    private static TaskInputException NotANumber(IRowSource row, AggregatePlan aggregate, ReadOnlySpan<byte> cell) =>
        new($"{row.Place}, column '{row.Columns[aggregate.Column!.Value]}': '{CellText.Shortened(cell, 40)}' is not a number ({aggregate.Member})");

    private sealed class EmptyRow : IRow
    {
        public static readonly EmptyRow Instance = new();

        public ReadOnlySpan<byte> Cell(int column) => default;
    }

    private sealed class Group(byte[] key, int keyCount, Accumulator[] accumulators) : IRow
    {
        private byte[][]? _results;

        public Accumulator[] Accumulators => accumulators;

        public ReadOnlySpan<byte> Cell(int column) => column < keyCount
            ? PackedRow.Cell(key, column, keyCount)
            : (_results ??= Array.ConvertAll(accumulators, accumulator => accumulator.Result()))[column - keyCount];
    }
}
