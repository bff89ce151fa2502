using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>What both passes over JSON lines share: finding the next line that is not empty, and naming a bad one.</summary>
internal static class JsonLine
{
    public delegate void Reading<in T>(ReadOnlySpan<byte> line, T state);

    public static async ValueTask<bool> NextAsync(LineReader lines, CancellationToken cancellationToken)
    {
        while (await lines.ReadAsync(cancellationToken))
        {
            if (lines.Line.ContainsAnyExcept(" \t\r"u8))
                return true;
        }

        return false;
    }

    public static void Guard<T>(LineReader lines, T state, Reading<T> read)
    {
        if (!Utf8.IsValid(lines.Line))
            throw new TaskInputException($"line {lines.Number}: the text is not UTF-8");
        try
        {
            read(lines.Line, state);
        }
        catch (JsonException problem)
        {
            var column = problem.BytePositionInLine is { } position ? $", column {position + 1}" : "";
            throw new TaskInputException($"line {lines.Number}{column}: not a JSON object");
        }
        catch (InvalidOperationException)
        {
            // JSON can escape half of a surrogate pair, which no text has.
            throw new TaskInputException($"line {lines.Number}: a string that is not Unicode text");
        }
    }

    public static void StartObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
            throw new JsonException(null, null, 0, reader.TokenStartIndex);
    }

    /// <summary>The reader throws by itself where something follows the object.</summary>
    public static void EndOfLine(ref Utf8JsonReader reader) => reader.Read();

    /// <summary>The current property's name. An escaped one is decoded into the free space of <paramref name="scratch"/>.</summary>
    public static ReadOnlySpan<byte> Name(ref Utf8JsonReader reader, ArrayBufferWriter<byte> scratch)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var free = scratch.GetSpan(reader.ValueSpan.Length);
        return free[..reader.CopyString(free)];
    }
}
