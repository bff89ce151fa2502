using System.Text;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Cells as text for people: in messages and in the preview.</summary>
internal static class CellText
{
    /// <summary>The text of a cell, cut after so many characters.</summary>
    public static string Shortened(ReadOnlySpan<byte> cell, int maxCharacters)
    {
        // No character takes more than four bytes; decoding a cut one gives a replacement character, which the cut removes.
        var text = Encoding.UTF8.GetString(cell[..Math.Min(cell.Length, maxCharacters * 4)]);
        if (text.Length <= maxCharacters)
            return text;
        var length = char.IsHighSurrogate(text[maxCharacters - 1]) ? maxCharacters - 1 : maxCharacters;
        return text[..length] + "…";
    }
}
