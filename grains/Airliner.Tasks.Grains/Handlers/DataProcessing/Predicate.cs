using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>
/// One condition on one column. Two sides that both are numbers compare as numbers, all else as ordinal text (so an
/// empty cell is less than every other).
/// </summary>
internal abstract class Predicate(int column)
{
    public bool Accepts(IRow row) => Holds(row.Cell(column));

    protected abstract bool Holds(ReadOnlySpan<byte> cell);

    public static Predicate Create(ConditionParameter condition, int column) => condition.Operator switch
    {
        ConditionOperator.Equal => new Comparison(column, condition.Values[0], static order => order == 0),
        ConditionOperator.NotEqual => new Comparison(column, condition.Values[0], static order => order != 0),
        ConditionOperator.Less => new Comparison(column, condition.Values[0], static order => order < 0),
        ConditionOperator.LessOrEqual => new Comparison(column, condition.Values[0], static order => order <= 0),
        ConditionOperator.Greater => new Comparison(column, condition.Values[0], static order => order > 0),
        ConditionOperator.GreaterOrEqual => new Comparison(column, condition.Values[0], static order => order >= 0),
        ConditionOperator.Contains => new Containing(column, condition.Values[0].Text),
        ConditionOperator.StartsWith => new Starting(column, condition.Values[0].Text),
        ConditionOperator.In => new OneOf(column, condition.Values),
        ConditionOperator.IsEmpty => new Empty(column, condition.Expected),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private sealed class Comparison(int column, Operand value, Func<int, bool> holds) : Predicate(column)
    {
        protected override bool Holds(ReadOnlySpan<byte> cell) =>
            holds(value.Number is { } expected && CellNumber.TryParse(cell, out var number)
                ? number.CompareTo(expected)
                : cell.SequenceCompareTo(value.Text));
    }

    private sealed class Containing(int column, byte[] text) : Predicate(column)
    {
        protected override bool Holds(ReadOnlySpan<byte> cell) => cell.IndexOf(text) >= 0;
    }

    private sealed class Starting(int column, byte[] text) : Predicate(column)
    {
        protected override bool Holds(ReadOnlySpan<byte> cell) => cell.StartsWith(text);
    }

    private sealed class Empty(int column, bool expected) : Predicate(column)
    {
        protected override bool Holds(ReadOnlySpan<byte> cell) => cell.IsEmpty == expected;
    }

    /// <summary>A number can only equal a number and other text only other text, so one look-up in one of two sets decides.</summary>
    private sealed class OneOf(int column, IReadOnlyList<Operand> values) : Predicate(column)
    {
        private readonly HashSet<CellNumber> _numbers = [.. values.Where(value => value.Number is not null).Select(value => value.Number!.Value)];

        private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _texts =
            new HashSet<byte[]>(values.Select(value => value.Text), Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

        protected override bool Holds(ReadOnlySpan<byte> cell) =>
            _texts.Contains(cell) || (_numbers.Count > 0 && CellNumber.TryParse(cell, out var number) && _numbers.Contains(number));
    }
}
