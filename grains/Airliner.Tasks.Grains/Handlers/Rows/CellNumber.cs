using System.Globalization;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// The number that a cell's text is: exact where a decimal holds it, else a double. Spaces around it, a sign, a point
/// and an exponent are allowed; thousands separators, NaN and infinities are text.
/// </summary>
internal readonly struct CellNumber : IEquatable<CellNumber>, IComparable<CellNumber>
{
    private const NumberStyles Style = NumberStyles.Float;
    private const decimal Small = 0.0000000001m;

    private readonly decimal _exact;
    private readonly double _rounded;

    private CellNumber(decimal exact)
    {
        _exact = exact;
        IsExact = true;
    }

    private CellNumber(double rounded) => _rounded = rounded;

    public bool IsExact { get; }

    public decimal Exact => _exact;

    public double AsDouble => IsExact ? (double)_exact : _rounded;

    public static bool TryParse(ReadOnlySpan<byte> text, out CellNumber number)
    {
        number = default;
        // Most cells that are not numbers show it in their first character.
        if (text.IsEmpty || text[0] > (byte)'9')
            return false;
        if (decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var exact))
        {
            // A decimal takes 1e-40 for zero; a double knows better.
            if (decimal.Abs(exact) < Small && text.IndexOfAny((byte)'e', (byte)'E') >= 0
                && double.TryParse(text, Style, CultureInfo.InvariantCulture, out var small) && small != (double)exact)
            {
                number = new(small);
                return true;
            }

            number = new(exact);
            return true;
        }

        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out var rounded) || !double.IsFinite(rounded))
            return false;
        number = new(rounded);
        return true;
    }

    public int CompareTo(CellNumber other) =>
        IsExact && other.IsExact ? _exact.CompareTo(other._exact) : AsDouble.CompareTo(other.AsDouble);

    public bool Equals(CellNumber other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is CellNumber other && Equals(other);

    // By the double: an exact number and a rounded one that compare as equal have the same.
    public override int GetHashCode() => AsDouble.GetHashCode();

    /// <summary>The shortest exact text: no trailing zeros, a point and never a comma.</summary>
    public static string Format(decimal value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    public static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
