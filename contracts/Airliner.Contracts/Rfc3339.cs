using System.Globalization;

namespace Airliner.Contracts;

/// <summary>How the system writes a time: RFC 3339 with a <c>Z</c> and microseconds, which is what Postgres keeps.</summary>
public static class Rfc3339
{
    /// <summary>The length of a time, in characters and in bytes.</summary>
    public const int Length = 27;

    /// <summary>The time in UTF-8.</summary>
    public static byte[] Utf8(DateTimeOffset time)
    {
        var text = new byte[Length];
        Write(time, text);
        return text;
    }

    /// <summary>Writes the time in UTF-8 to the first <see cref="Length"/> bytes.</summary>
    public static void Write(DateTimeOffset time, Span<byte> destination)
    {
        // The round-trip format has a digit more, and is written several times as quickly as one of our own.
        Span<byte> text = stackalloc byte[Length + 1];
        time.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[..(Length - 1)].CopyTo(destination);
        destination[Length - 1] = (byte)'Z';
    }
}
