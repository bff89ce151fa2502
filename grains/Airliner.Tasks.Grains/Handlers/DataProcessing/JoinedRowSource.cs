using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>
/// A hash join: each row of the first source, as it comes, beside each row of the second that has the same key. Its columns are those of the first, then those
/// of the second but for the keys.
/// </summary>
internal sealed class JoinedRowSource : IRowSource
{
    private readonly IRowSource _first;
    private readonly JoinedRows _second;
    private readonly bool _keepsUnmatched;
    private readonly int[] _keys;
    private JoinedRows.Match? _match;
    private JoinedRows.Match? _next;
    private byte[] _buffer = new byte[256];

    public JoinedRowSource(IRowSource first, JoinedRows second, JoinParameter join)
    {
        (_first, _second, _keepsUnmatched) = (first, second, join.KeepsUnmatched);
        var index = QueryPlanner.Index(first.Columns);
        _keys = [.. join.On.Select(key => QueryPlanner.Find(index, key.Left, key.Member))];
        var columns = first.Columns.ToList();
        foreach (var column in second.Columns)
        {
            var name = join.Prefix + column;
            if (!index.TryAdd(name, columns.Count))
                throw new TaskInputException($"join.prefix: both sources have a column '{name}'; give a prefix for the columns of the second");
            columns.Add(name);
        }

        Columns = columns;
    }

    public IReadOnlyList<string> Columns { get; }

    public long Line => _first.Line;

    public string Place => _first.Place;

    public ReadOnlySpan<byte> Cell(int column) => column < _first.Columns.Count ? _first.Cell(column)
        : _match is null ? default
        : PackedRow.Cell(_match.Cells, column - _first.Columns.Count, _second.Columns.Count);

    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (_next is null)
        {
            if (!await _first.ReadAsync(cancellationToken))
                return false;
            _match = null;
            _next = _second.Find(_first, _keys, ref _buffer);
            if (_next is null && _keepsUnmatched)
                return true;
        }

        (_match, _next) = (_next, _next.Next);
        return true;
    }

    public ValueTask DisposeAsync() => _first.DisposeAsync();
}
