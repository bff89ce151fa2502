using System.Buffers.Binary;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>Where a zip archive lists its entries (APPNOTE.TXT, 4.3.12 to 4.3.16). .NET's archive reads the whole list before it says how long it is.</summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22, LocatorBytes = 20, End64Bytes = 56, LongestComment = ushort.MaxValue;

    /// <summary>The bytes of the list, up to the record that ends it.</summary>
    /// <param name="archive">The archive; its position afterwards is its start.</param>
    /// <exception cref="InvalidDataException">There is no such list.</exception>
    public static long BytesOf(Stream archive)
    {
        var tail = new byte[(int)Math.Min(archive.Length, LocatorBytes + EndBytes + LongestComment)];
        var tailStart = archive.Length - tail.Length;
        Read(archive, tailStart, tail);
        var at = tail.Length < EndBytes ? -1 : tail.AsSpan(0, tail.Length - EndBytes + 4).LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0)
            throw new InvalidDataException("The archive has no end record.");
        long start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        if (at >= LocatorBytes && tail.AsSpan(at - LocatorBytes).StartsWith("PK\u0006\u0007"u8))
        {
            var end64 = new byte[End64Bytes];
            Read(archive, BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(at - LocatorBytes + 8)), end64);
            // Of the two places that an archive names, the earlier: the list is at most as long as from there.
            start = Math.Min(start, BinaryPrimitives.ReadInt64LittleEndian(end64.AsSpan(48)));
        }

        archive.Position = 0;
        return start >= 0 && start <= tailStart + at ? tailStart + at - start : throw new InvalidDataException("The archive's entries are not where it says.");
    }

    private static void Read(Stream archive, long position, Span<byte> buffer)
    {
        if (position < 0 || position > archive.Length - buffer.Length)
            throw new InvalidDataException("The archive's entries are not where it says.");
        archive.Position = position;
        archive.ReadExactly(buffer);
    }
}
