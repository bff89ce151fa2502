using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>The rows of a join's second source, in memory by their keys, within the bounds. A row with an empty key is equal to none.</summary>
internal sealed class JoinedRows
{
    private const int ObjectBytes = 120;

    private readonly Dictionary<byte[], Chain> _chains = new(Utf8Comparer.Instance);

    private JoinedRows(IReadOnlyList<string> columns) => Columns = columns;

    /// <summary>The columns that are no keys: those are in the first source's rows already.</summary>
    public IReadOnlyList<string> Columns { get; }

    public static async Task<JoinedRows> ReadAsync(IRowSource source, JoinParameter join, RowOptions limits, CancellationToken cancellationToken)
    {
        var index = QueryPlanner.Index(source.Columns);
        var keys = join.On.Select(key => QueryPlanner.Find(index, key.Right, key.Member)).ToArray();
        int[] kept = [.. Enumerable.Range(0, source.Columns.Count).Except(keys)];
        var rows = new JoinedRows([.. kept.Select(column => source.Columns[column])]);
        var held = new HeldBound(limits, "join.source", "rows of the second source", "make the smaller source the second, or process it first");
        var buffer = new byte[256];
        for (var count = 0L; await source.ReadAsync(cancellationToken); count++)
        {
            if (count % RowOptions.RowsBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            rows.Add(source, keys, kept, held, ref buffer);
        }

        return rows;
    }

    /// <summary>The first row whose key is that of a row of the first source, or null.</summary>
    public Match? Find(IRow row, ReadOnlySpan<int> keys, ref byte[] buffer) =>
        !HasKey(row, keys) ? null
        : _chains.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(PackedRow.Pack(row, keys, ref buffer), out var chain) ? chain.First
        : null;

    private void Add(IRow row, ReadOnlySpan<int> keys, ReadOnlySpan<int> kept, HeldBound held, ref byte[] buffer)
    {
        if (!HasKey(row, keys))
            return;
        var key = PackedRow.Pack(row, keys, ref buffer).ToArray();
        var match = new Match(PackedRow.Pack(row, kept, ref buffer).ToArray());
        if (_chains.TryGetValue(key, out var chain))
        {
            held.Add(1, ObjectBytes + match.Cells.Length);
            chain.Last.Next = match;
            chain.Last = match;
            return;
        }

        held.Add(1, (2 * ObjectBytes) + key.Length + match.Cells.Length);
        _chains.Add(key, new Chain(match) { Last = match });
    }

    private static bool HasKey(IRow row, ReadOnlySpan<int> keys)
    {
        foreach (var key in keys)
        {
            if (row.Cell(key).IsEmpty)
                return false;
        }

        return true;
    }

    /// <summary>A row of the second source, and the next of the same key.</summary>
    internal sealed class Match(byte[] cells)
    {
        public byte[] Cells => cells;

        public Match? Next { get; set; }
    }

    private sealed class Chain(Match first)
    {
        public Match First => first;

        public required Match Last { get; set; }
    }
}
