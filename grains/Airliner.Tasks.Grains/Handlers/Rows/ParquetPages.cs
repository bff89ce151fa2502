using System.Buffers;
using System.Buffers.Binary;
using Parquet.Meta;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Looks through what a Parquet file says of itself (parquet.thrift) before the library does, which reserves as much memory as it says: the footer, and before each page
/// how much the page unpacks to.
/// </summary>
internal static class ParquetPages
{
    /// <summary>The longest footer, in bytes, which may have the least and the greatest text of each column chunk, and the most structs in it: of some forty thousand chunks.</summary>
    private const int LongestFooter = 16 << 20;
    private const int MostStructs = 200_000;

    /// <summary>The longest header of a page, in bytes, which may have its least and its greatest text; nearly all fit into the first length.</summary>
    private const int LongestHeader = 16 << 20, UsualHeader = 64 << 10;

    /// <summary>Finds the footer whole and within the limits.</summary>
    /// <exception cref="InvalidDataException">It is not, and why.</exception>
    public static async Task CheckFooterAsync(Stream file, CancellationToken cancellationToken)
    {
        var end = new byte[8];
        file.Position = Math.Max(0, file.Length - end.Length);
        await file.ReadExactlyAsync(end, cancellationToken);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (!end.AsSpan(4).SequenceEqual("PAR1"u8) || length > file.Length - end.Length)
            throw new InvalidDataException("it has no footer");
        if (length > LongestFooter)
            throw new InvalidDataException($"its footer has {length} bytes, more than {LongestFooter}; write the file with fewer row groups");
        var footer = new byte[length];
        file.Position = file.Length - end.Length - length;
        await file.ReadExactlyAsync(footer, cancellationToken);
        new ThriftWalk(footer, MostStructs).Skip(ThriftWalk.Struct);
        file.Position = 0;
    }

    /// <summary>The part of the file in which the pages of a column chunk are.</summary>
    /// <exception cref="InvalidDataException">It is not in the file.</exception>
    public static (long Start, long End) RangeOf(ColumnMetaData chunk, long fileLength)
    {
        // As the library has it: the offset of the dictionary may be 0 for none, and after the data's.
        var start = chunk.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, chunk.DataPageOffset) : chunk.DataPageOffset;
        return start >= 0 && chunk.TotalCompressedSize >= 0 && chunk.TotalCompressedSize <= fileLength - start
            ? (start, start + chunk.TotalCompressedSize)
            : throw new InvalidDataException("a column is not where the footer says");
    }

    /// <summary>The bytes that the pages within a range unpack to, by their headers; it ends early where they are more than <paramref name="most"/>.</summary>
    /// <param name="rows">The most values of a page.</param>
    /// <exception cref="InvalidDataException">A header is not whole, or says what cannot be.</exception>
    public static async Task<long> UnpackedBytesAsync(Stream file, (long Start, long End) range, long rows, long most, CancellationToken cancellationToken)
    {
        long unpacked = 0;
        for (var at = range.Start; at < range.End && unpacked <= most;)
        {
            var page = await PageHeaderAsync(file, (at, range.End), rows, UsualHeader, cancellationToken);
            unpacked += page.Unpacked;
            at += page.Length + page.Packed;
        }

        return unpacked;
    }

    private static async Task<(int Length, long Packed, long Unpacked)> PageHeaderAsync(
        Stream file, (long Start, long End) range, long rows, int longest, CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(longest, range.End - range.Start);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            file.Position = range.Start;
            await file.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
            return PageHeader(buffer.AsSpan(0, length), rows);
        }
        catch (EndOfStreamException) when (length == longest && longest < LongestHeader)
        {
            // It may go on.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return await PageHeaderAsync(file, range, rows, LongestHeader, cancellationToken);
    }

    private static (int Length, long Packed, long Unpacked) PageHeader(ReadOnlySpan<byte> bytes, long rows)
    {
        var walk = new ThriftWalk(bytes, MostStructs);
        long unpacked = -1, packed = -1;
        for (long id = 0; walk.Next(ref id, out var type);)
        {
            switch (id, type)
            {
                case (2, ThriftWalk.Int32):
                    unpacked = walk.Number();
                    break;
                case (3, ThriftWalk.Int32):
                    packed = walk.Number();
                    break;
                // Of a page of data, of a dictionary, of data in version 2: its first field says how many values it has.
                case (5 or 7 or 8, ThriftWalk.Struct):
                    CheckValues(ref walk, rows);
                    break;
                default:
                    walk.Skip(type);
                    break;
            }
        }

        return unpacked is >= 0 and <= int.MaxValue && packed is >= 0 and <= int.MaxValue
            ? (walk.Length, packed, unpacked)
            : throw new InvalidDataException("a page does not say how many bytes it has");
    }

    private static void CheckValues(ref ThriftWalk walk, long rows)
    {
        for (long id = 0; walk.Next(ref id, out var type);)
        {
            if ((id, type) != (1, ThriftWalk.Int32))
                walk.Skip(type);
            else if (walk.Number() is var values && (values < 0 || values > rows))
                throw new InvalidDataException($"a page of a row group of {rows} rows has {values} values");
        }
    }
}
