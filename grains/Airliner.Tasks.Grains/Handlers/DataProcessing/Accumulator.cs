using System.Globalization;
using System.Text;
using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Grains.Handlers.DataProcessing;

/// <summary>One aggregate of one group. Empty cells count for nothing, except in a count of rows.</summary>
internal abstract class Accumulator
{
    /// <summary>About what the object takes by itself, for the bound on what is held.</summary>
    public const int ObjectBytes = 96;

    /// <summary>The bytes of cells that it keeps.</summary>
    public virtual long HeldBytes => 0;

    /// <summary>Adds a cell; false where it should have been a number and is none.</summary>
    public abstract bool Add(ReadOnlySpan<byte> cell);

    /// <summary>The result as a cell; empty where there was nothing to sum or compare.</summary>
    public abstract byte[] Result();

    public static Accumulator Create(AggregateOperator operation, bool ofRows) => operation switch
    {
        AggregateOperator.Count => new Counting(ofRows),
        AggregateOperator.Sum => new Summing(mean: false),
        AggregateOperator.Average => new Summing(mean: true),
        AggregateOperator.Minimum => new Extreme(sign: 1),
        AggregateOperator.Maximum => new Extreme(sign: -1),
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    private sealed class Counting(bool ofRows) : Accumulator
    {
        private long _count;

        public override bool Add(ReadOnlySpan<byte> cell)
        {
            if (ofRows || !cell.IsEmpty)
                _count++;
            return true;
        }

        public override byte[] Result() => Encoding.UTF8.GetBytes(_count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Sums exactly as long as every number and the sum are decimals, and as doubles from the first that is not.</summary>
    private sealed class Summing(bool mean) : Accumulator
    {
        private long _count;
        private decimal _exact;
        private double _rounded;
        private bool _isExact = true;

        public override bool Add(ReadOnlySpan<byte> cell)
        {
            if (cell.IsEmpty)
                return true;
            if (!CellNumber.TryParse(cell, out var number))
                return false;
            _count++;
            if (_isExact && number.IsExact && TryAdd(number.Exact))
                return true;
            if (_isExact)
                (_isExact, _rounded) = (false, (double)_exact);
            _rounded += number.AsDouble;
            return true;
        }

        public override byte[] Result()
        {
            if (_count == 0)
                return [];
            if (!double.IsFinite(_rounded))
                throw new TaskInputException("a sum is beyond ±1.8e308, the largest number that there is");
            var text = (_isExact, mean) switch
            {
                (true, false) => CellNumber.Format(_exact),
                (true, true) => CellNumber.Format(Mean(_exact, _count)),
                (false, false) => CellNumber.Format(_rounded),
                (false, true) => CellNumber.Format(_rounded / _count),
            };
            return Encoding.UTF8.GetBytes(text);
        }

        private bool TryAdd(decimal number)
        {
            try
            {
                _exact += number;
                return true;
            }
            catch (OverflowException)
            {
                return false;
            }
        }

        /// <summary>In full where the division comes out even, else to 16 significant digits.</summary>
        private static decimal Mean(decimal sum, long count)
        {
            var mean = sum / count;
            if (decimal.Remainder(sum, count) == 0 || mean.Scale < 16 || mean == 0)
                return mean;
            var whole = (int)Math.Floor(Math.Log10((double)decimal.Abs(mean))) + 1;
            return decimal.Round(mean, Math.Clamp(16 - whole, 0, 28), MidpointRounding.AwayFromZero);
        }
    }

    /// <summary>The least or greatest number where all cells are numbers, else the least or greatest text; as the cell has it.</summary>
    private sealed class Extreme(int sign) : Accumulator
    {
        private CellNumber _number;
        private byte[]? _ofNumbers;
        private byte[]? _ofTexts;
        private bool _hasText;

        public override long HeldBytes => (_ofNumbers?.Length ?? 0) + (_ofTexts?.Length ?? 0);

        public override bool Add(ReadOnlySpan<byte> cell)
        {
            if (cell.IsEmpty)
                return true;
            if (_ofTexts is null || cell.SequenceCompareTo(_ofTexts) * sign < 0)
                _ofTexts = cell.ToArray();
            if (_hasText)
                return true;
            if (!CellNumber.TryParse(cell, out var number))
            {
                (_hasText, _ofNumbers) = (true, null);
            }
            else if (_ofNumbers is null || number.CompareTo(_number) * sign < 0)
            {
                _number = number;
                _ofNumbers = cell.ToArray();
            }

            return true;
        }

        public override byte[] Result() => (_hasText ? _ofTexts : _ofNumbers) ?? [];
    }
}
