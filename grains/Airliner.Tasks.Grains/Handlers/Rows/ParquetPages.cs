using System.Buffers;
using System.Buffers.Binary;
using Parquet.Meta;

namespace Airliner.Tasks.Grains.Handlers.Rows;

/// <summary>
/// Looks through what a Parquet file says of itself before the library does, which reserves as much memory as it says: the footer, and before each page how much the page
/// takes and unpacks to.
/// </summary>
/// <param name="file">The file; its position is anywhere afterwards.</param>
/// <param name="limits">The most rows of a row group are the most values of a dictionary, too.</param>
internal sealed class ParquetPages(Stream file, RowOptions limits)
{
    /// <summary>The longest footer, in bytes, which may have the least and the greatest text of each column chunk, and the most structs in it: of some sixty thousand chunks.</summary>
    private const int LongestFooter = 16 << 20, MostStructs = 400_000;

    /// <summary>The longest header of a page, in bytes, which may have its least and its greatest text, too; nearly all fit into the first length.</summary>
    private const int LongestHeader = 16 << 20, UsualHeader = 64 << 10;

    /// <summary>Finds the footer whole and within the limits.</summary>
    /// <exception cref="InvalidDataException">It is not, and why.</exception>
    public async Task CheckFooterAsync(CancellationToken cancellationToken)
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
        new ThriftWalk(footer, MostStructs).Skip(ThriftType.Struct, ParquetShapes.Footer);
        file.Position = 0;
    }

    /// <summary>The part of the file in which the pages of a column chunk are.</summary>
    /// <exception cref="InvalidDataException">It is not in the file.</exception>
    public (long Start, long End) RangeOf(ColumnMetaData chunk)
    {
        // As the library has it: the first of the offsets that is not 0, for a dictionary's may be 0 or after the data's.
        var offsets = new[] { chunk.DictionaryPageOffset ?? 0, chunk.DataPageOffset }.Where(offset => offset != 0).DefaultIfEmpty();
        var start = offsets.Min();
        return start >= 0 && chunk.TotalCompressedSize >= 0 && chunk.TotalCompressedSize <= file.Length - start
            ? (start, start + chunk.TotalCompressedSize)
            : throw new InvalidDataException("a column is not where the footer says");
    }

    /// <summary>The bytes that the pages within a range unpack to, by their headers and with these; it ends early where they are more than <paramref name="most"/>.</summary>
    /// <param name="rows">Of the row group, the most values of a page.</param>
    /// <exception cref="InvalidDataException">A header is not whole, or says what cannot be.</exception>
    public async Task<long> UnpackedBytesAsync((long Start, long End) range, long rows, long most, CancellationToken cancellationToken)
    {
        var longest = UsualHeader;
        var buffer = ArrayPool<byte>.Shared.Rent(longest);
        try
        {
            long unpacked = 0, start = range.Start;
            var held = 0;
            for (var at = range.Start; at < range.End && unpacked <= most;)
            {
                // Pages may be tiny: as many headers as are in the buffer are looked at before more is read.
                if (at < start + held && TryRead(buffer.AsSpan((int)(at - start), (int)(start + held - at)), rows, out var page))
                {
                    if (page.Packed > range.End - at - page.Length)
                        throw new InvalidDataException("a page goes on beyond its column");
                    unpacked += page.Length + page.Unpacked;
                    at += page.Length + page.Packed;
                    continue;
                }

                if (at == start && held > 0)
                {
                    if (longest == LongestHeader || held == range.End - start)
                        throw new InvalidDataException("a page's header ends too early, or is too long");
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(longest = LongestHeader);
                }

                (file.Position, start, held) = (at, at, (int)Math.Min(longest, range.End - at));
                await file.ReadExactlyAsync(buffer.AsMemory(0, held), cancellationToken);
            }

            return unpacked;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False where the header goes on beyond the bytes.</summary>
    private bool TryRead(ReadOnlySpan<byte> bytes, long rows, out (int Length, long Packed, long Unpacked) page)
    {
        try
        {
            new ThriftWalk(bytes, MostStructs).Skip(ThriftType.Struct, ParquetShapes.Page);
        }
        catch (EndOfStreamException)
        {
            page = default;
            return false;
        }

        page = PageHeader(bytes, rows);
        return true;
    }

    /// <summary>What a header says that is whole and has its fields' types.</summary>
    private (int Length, long Packed, long Unpacked) PageHeader(ReadOnlySpan<byte> bytes, long rows)
    {
        var walk = new ThriftWalk(bytes, MostStructs);
        long unpacked = -1, packed = -1;
        for (long id = 0; walk.Next(ref id, out var type);)
        {
            switch (id)
            {
                case 2:
                    unpacked = walk.Number();
                    break;
                case 3:
                    packed = walk.Number();
                    break;
                // Of data and of data in version 2. A dictionary may have values that no row has.
                case 5 or 8:
                    CheckValues(ref walk, rows);
                    break;
                case 7:
                    CheckValues(ref walk, limits.MaxRowGroupRows);
                    break;
                default:
                    walk.Skip(type, null);
                    break;
            }
        }

        return unpacked is >= 0 and <= int.MaxValue && packed is >= 0 and <= int.MaxValue
            ? (walk.Length, packed, unpacked)
            : throw new InvalidDataException("a page does not say how many bytes it has");
    }

    private static void CheckValues(ref ThriftWalk walk, long most)
    {
        for (long id = 0; walk.Next(ref id, out var type);)
        {
            if (id != 1)
                walk.Skip(type, null);
            else if (walk.Number() is var values && (values < 0 || values > most))
                throw new InvalidDataException($"a page has {values} values, more than {most}");
        }
    }
}
