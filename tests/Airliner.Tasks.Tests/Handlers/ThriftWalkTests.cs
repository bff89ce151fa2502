using Airliner.Tasks.Grains.Handlers.Rows;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

/// <summary>Descriptions of a Parquet file that are small, and would make a reader reserve or do a lot.</summary>
public sealed class ThriftWalkTests
{
    [Theory]
    [InlineData("a list within a list without end", 0x19)]
    [InlineData("a struct within a struct without end", 0x1C)]
    public void What_is_nested_without_end_is_refused(string what, byte head)
    {
        byte[] nested = [.. Enumerable.Repeat(head, 1_000_000)];
        var refused = Assert.Throws<InvalidDataException>(() => new ThriftWalk(nested, 1_000_000).Skip(ThriftType.Struct, null));
        Assert.Equal("a description is nested too deeply", refused.Message);
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("26 02 00", "a description has a field of type Int64 in place of Int32")]
    [InlineData("58 01 00 00", "a description has a field of type Binary in place of Struct")]
    [InlineData("15 02 50", "a description has a field without a type or a number")]
    [InlineData("05 04 02 00", null)]
    [InlineData("05 84 80 08 02 00", "a description has a field without a type or a number")]
    public void A_page_s_header_is_what_a_reader_takes_it_for_or_refused(string header, string? refusal)
    {
        var bytes = Convert.FromHexString(header.Replace(" ", "", StringComparison.Ordinal));
        var error = Record.Exception(() => new ThriftWalk(bytes, 10).Skip(ThriftType.Struct, ParquetShapes.Page));
        Assert.Equal(refusal, error?.Message);
    }

    [Theory]
    [InlineData("an empty list without a type", "59 00 00", null)]
    [InlineData("an empty list of bytes", "59 03 00", null)]
    [InlineData("a list of a byte", "59 13 01 00", "a description has a list of type Byte in place of Struct")]
    public void An_empty_list_may_be_of_any_type(string what, string footer, string? refusal)
    {
        var bytes = Convert.FromHexString(footer.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((what, refusal), (what, Record.Exception(() => new ThriftWalk(bytes, 10).Skip(ThriftType.Struct, ParquetShapes.Footer))?.Message));
    }

    [Fact]
    public void A_text_that_claims_more_bytes_than_there_are_ends_too_early() =>
        Assert.Throws<EndOfStreamException>(() => new ThriftWalk([0x18, 0xFF, 0xFF, 0xFF, 0x7F, 0], 10).Skip(ThriftType.Struct, null));

    [Fact]
    public async Task A_page_that_claims_more_bytes_than_its_column_has_is_refused()
    {
        // Of the second version, unpacked 10 bytes, packed 2,147,483,647.
        byte[] page = [0x15, 0x06, 0x15, 0x14, 0x15, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, 0];
        using var file = new MemoryStream(page);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(
            () => new ParquetPages(file, new RowOptions()).UnpackedBytesAsync((0, page.Length), 1, 1000, TestContext.Current.CancellationToken));
        Assert.Equal("a page goes on beyond its column", refused.Message);
    }

    [Fact]
    public async Task Tiny_pages_count_by_their_headers()
    {
        // Empty, 7 bytes each.
        byte[] pages = [.. Enumerable.Repeat<byte[]>([0x15, 0x00, 0x15, 0x00, 0x15, 0x00, 0], 100_000).SelectMany(page => page)];
        using var file = new MemoryStream(pages);
        var walk = new ParquetPages(file, new RowOptions());
        Assert.Equal(700_000, await walk.UnpackedBytesAsync((0, pages.Length), 1, 1 << 20, TestContext.Current.CancellationToken));
        Assert.InRange(await walk.UnpackedBytesAsync((0, pages.Length), 1, 1000, TestContext.Current.CancellationToken), 1001, 1007);
    }
}
