using Airliner.Tasks.Grains.Handlers.Rows;
using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

/// <summary>Parquet files that are small where they lie, and large where they are read.</summary>
public sealed class ParquetLimitsTests
{
    private const int Rows = 1_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_group_whose_values_take_too_much_memory_is_refused_although_its_bytes_are_few()
    {
        var file = await OfNothingAsync(columns: 64);
        var options = new RowOptions { MaxRowGroupBytes = 16L * 1024 * 1024 };
        Assert.InRange(file.Length, 1, options.MaxRowGroupBytes / 10);
        Assert.Equal(
            "source: row group 1 takes 1024000000 bytes of memory, 1024 for each of 1000000 rows, more than 33554432; write the file with row groups of at most 32768 rows",
            await Exports.FailureAsync(file, "csv", "", options));
    }

    [Fact]
    public async Task What_is_read_once_counts_for_its_row_group_alone()
    {
        var file = await OfNothingAsync(columns: 1, groups: 3);
        var csv = await Exports.ExportAsync(file, "csv", "", new() { MaxRowGroupBytes = 16L * 1024 * 1024 });
        Assert.Equal(3 * Rows + 1, csv.Count(letter => letter == (byte)'\n'));
    }

    [Fact]
    public async Task A_page_that_unpacks_to_more_than_the_footer_says_is_refused_before_it_is_unpacked()
    {
        var (file, column) = await OfOneTextAsync(2_000_000);
        Assert.Equal(2_000_008, (await Exports.ExportAsync(file, "csv", "", new() { MaxRowGroupBytes = 16 << 20 })).Length);
        Lie(file, column.TotalUncompressedSize, 100);
        Assert.Equal(
            "source: row group 1 unpacks to more than 1048576 bytes; write the file with smaller row groups",
            await Exports.FailureAsync(file, "csv", "", new() { MaxRowGroupBytes = 1 << 20 }));
    }

    [Fact]
    public async Task A_column_is_not_read_beyond_its_end()
    {
        var (file, column) = await OfOneTextAsync(300_000);
        Lie(file, column.TotalCompressedSize, 1);
        Assert.StartsWith("source: the Parquet file cannot be read: ", await Exports.FailureAsync(file, "csv", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_footer_that_claims_more_than_it_has_is_refused()
    {
        var (file, _) = await OfOneTextAsync(10);
        var name = file.AsSpan().LastIndexOf("\u0004text"u8);
        // The length of a text, in one byte.
        file[name] = 0x7F;
        Assert.StartsWith("source: the Parquet file cannot be read: a description ", await Exports.FailureAsync(file, "csv", ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_footer_that_is_too_long_is_refused()
    {
        var (file, _) = await OfOneTextAsync(10);
        byte[] padded = [.. file[..^8], .. new byte[17 << 20], .. BitConverter.GetBytes(17 << 20), .. "PAR1"u8];
        Assert.Equal(
            "source: the Parquet file cannot be read: its footer has 17825792 bytes, more than 16777216; write the file with fewer row groups",
            await Exports.FailureAsync(padded, "csv", ""));
    }

    /// <summary>One row of one text, which shrinks well.</summary>
    private static async Task<(byte[] File, ColumnMetaData Column)> OfOneTextAsync(int length)
    {
        var schema = new ParquetSchema(new DataField<string>("text"));
        using var memory = new MemoryStream();
        var options = new ParquetOptions { CompressionMethod = CompressionMethod.Gzip };
        await using (var writer = await ParquetWriter.CreateAsync(schema, memory, options, false, Token))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], new[] { new string('x', length) });
        }

        await using var reader = await ParquetReader.CreateAsync(new MemoryStream(memory.ToArray()), null, false, Token);
        using var read = reader.OpenRowGroupReader(0);
        return (memory.ToArray(), read.GetMetadata(schema.DataFields[0])!.MetaData!);
    }

    /// <summary>Writes another number wherever a number is, in as many bytes: the footer has it for the column and for its row group.</summary>
    private static void Lie(byte[] file, long number, long other)
    {
        var written = Varint(2 * number);
        var lie = Varint(2 * other);
        var padded = lie[..^1].Append((byte)(lie[^1] | 0x80)).Concat(Enumerable.Repeat((byte)0x80, written.Length)).Take(written.Length - 1).Append((byte)0).ToArray();
        for (var at = file.AsSpan().IndexOf(written); at >= 0; at = file.AsSpan().IndexOf(written))
            padded.CopyTo(file, at);
    }

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }

    /// <summary>Columns of numbers, none of which is there.</summary>
    private static async Task<byte[]> OfNothingAsync(int columns, int groups = 1)
    {
        var schema = new ParquetSchema(Enumerable.Range(0, columns).Select(column => new DataField<long?>($"c{column}")));
        using var memory = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(schema, memory, null, false, Token))
        {
            var values = new long?[Rows];
            for (var number = 0; number < groups; number++)
            {
                using var group = writer.CreateRowGroup();
                foreach (var field in schema.DataFields)
                    await group.WriteAsync<long>(field, values.AsMemory(), null, null, Token);
            }
        }

        return memory.ToArray();
    }
}
