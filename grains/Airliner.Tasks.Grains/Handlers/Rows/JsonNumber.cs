using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Text that is a number as JSON writes them (RFC 8259, 6): no leading zeros, no plus, no spaces.</summary>
internal static class JsonNumber
{
    public static bool Is(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("-"u8))
            text = text[1..];
        var whole = Digits(text);
        if (whole == 0 || (whole > 1 && text[0] == (byte)'0'))
            return false;
        text = text[whole..];
        if (text.StartsWith("."u8))
        {
            var fraction = Digits(text[1..]);
            if (fraction == 0)
                return false;
            text = text[(1 + fraction)..];
        }

        if (!text.IsEmpty && text[0] is (byte)'e' or (byte)'E')
        {
            text = text[1..];
            if (!text.IsEmpty && text[0] is (byte)'+' or (byte)'-')
                text = text[1..];
            var exponent = Digits(text);
            return exponent > 0 && exponent == text.Length;
        }

        return text.IsEmpty;
    }

    public static bool IsInt64(ReadOnlySpan<byte> text) => Is(text) && Utf8Parser.TryParse(text, out long _, out var read) && read == text.Length;

    /// <summary>Whether the double that is nearest to the number has the very same value in its shortest form.</summary>
    public static bool IsDouble(ReadOnlySpan<byte> text) =>
        Is(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            && Canonical(Encoding.UTF8.GetString(text)) == Canonical(CellNumber.Format(value));

    private static int Digits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    /// <summary>Sign, digits without zeros at either end, and the power of ten of the last digit.</summary>
    private static (bool Negative, string Digits, long Power) Canonical(string number)
    {
        var exponentAt = number.IndexOfAny(['e', 'E']);
        var power = exponentAt < 0 ? 0 : long.TryParse(number.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent) ? exponent : long.MaxValue / 2;
        var mantissa = (exponentAt < 0 ? number : number[..exponentAt]).TrimStart('-');
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            power -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        var digits = mantissa.TrimStart('0').TrimEnd('0');
        return digits.Length == 0 ? (false, "", 0) : (number[0] == '-', digits, power + mantissa.Length - mantissa.TrimEnd('0').Length);
    }
}
