using System.Text;
using Fluid;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>What a template has written so far, and no more than a mail can hold.</summary>
internal sealed class BoundedText : TextWriter
{
    /// <summary>Characters of the longest part.</summary>
    public const int MaxLength = 256 * 1024;

    private readonly StringBuilder _text = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <exception cref="FluidException">It would be too long.</exception>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (buffer.Length > MaxLength - _text.Length)
            throw new FluidException($"What it renders is longer than {MaxLength} characters.");
        _text.Append(buffer);
    }

    public override string ToString() => _text.ToString();
}
