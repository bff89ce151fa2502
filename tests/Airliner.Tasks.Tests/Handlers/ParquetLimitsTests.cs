using Airliner.Tasks.Grains.Handlers.Rows;
using Parquet;
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
