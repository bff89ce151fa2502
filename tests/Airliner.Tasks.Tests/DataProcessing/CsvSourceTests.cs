using System.Text;
using Airliner.Tasks.Grains.Handlers;
using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class CsvSourceTests
{
    [Theory]
    [InlineData("a,b\n1,2\n")]
    [InlineData("a,b\r\n1,2\r\n")]
    [InlineData("a,b\n1,2")]
    [InlineData("\uFEFFa,b\n1,2\n")]
    [InlineData("\"a\",\"b\"\n\"1\",\"2\"\n")]
    [InlineData("a,b\n\n1,2\n\n")]
    public async Task Line_ends_marks_and_needless_quotes_make_no_difference(string csv) =>
        Assert.Equal(["a,b", "1,2"], await Run.Csv(csv));

    [Theory]
    [InlineData("a,b\r\n\"x, \"\"y\"\"\",\"two\nlines\"\r\n")]
    [InlineData("a\r\n\"\"\r\n")]
    [InlineData("a,b\r\n =1+1 ,-x\r\n")]
    [InlineData("a,b\r\nÆØÅ,日本 😀\r\n")]
    [InlineData("\"a,b\",c d\r\n1,2\r\n")]
    public async Task Cells_are_written_exactly_as_they_were_read(string csv)
    {
        var execution = Run.Execution(new { csv });
        await Run.Handler().RunAsync(execution, TestContext.Current.CancellationToken);
        Assert.Equal(csv, execution.Saved!.Value.Content);
    }

    [Theory]
    [InlineData("a,b\n1\n", "line 2, column 2 ('b') is missing: the row has 1 fields, the header has 2")]
    [InlineData("a,b\n1,2\n1,2,3\n", "line 3, column 3 is not in the header: the row has 3 fields, the header has 2")]
    [InlineData("a,b\n\"x\ny\",2\n\n1\n", "line 5, column 2 ('b') is missing: the row has 1 fields, the header has 2")]
    [InlineData("a,b\n1,x\"y\n", "line 2, column 2 ('b'): a quote inside a field that is not quoted")]
    [InlineData("a,b\n1,2\n1, \"2\"\n", "line 3, column 2 ('b'): a quote inside a field that is not quoted")]
    [InlineData("a,b\n\"x\"y,2\n", "line 2, column 1 ('a'): text after the closing quote of a field")]
    [InlineData("a,b\n\"x\ny\",\"z\"z\n", "line 3, column 2 ('b'): text after the closing quote of a field")]
    [InlineData("a,b\n1,2\n3,\"4\n5,6\n", "line 3, column 2 ('b'): a quoted field is never closed")]
    [InlineData("a,b\n1,\"", "line 2, column 2 ('b'): a quoted field is never closed")]
    [InlineData("a,b\"c\n1,2\n", "line 1, column 2: a quote inside a field that is not quoted")]
    [InlineData("a,b,a\n1,2,3\n", "line 1, column 3: the header names 'a' again, as column 1 does")]
    public async Task Malformed_rows_are_named_by_line_and_column(string csv, string message) =>
        Assert.Equal(message, await Run.FailureOfCsv(csv));

    [Fact]
    public async Task Text_that_is_not_utf8_is_named_by_its_line()
    {
        var execution = Run.OfFile([.. "a,b\n1,2\n3,"u8, 0xE6, .. "\n"u8]);
        var failure = await Assert.ThrowsAsync<TaskInputException>(
            () => Run.Handler().RunAsync(execution, TestContext.Current.CancellationToken));
        Assert.Equal("line 3: the text is not UTF-8", failure.Message);
    }

    [Fact]
    public async Task A_quote_that_is_never_closed_does_not_read_the_whole_file_into_memory()
    {
        var execution = Run.Execution(new { fileId = 1001 });
        GeneratedStream? file = null;
        execution.Files[1001] = () => file = new GeneratedStream("a,b\n\"1,2\n"u8.ToArray(), "3,4\n"u8.ToArray(), 100_000_000);
        var failure = await Assert.ThrowsAsync<TaskInputException>(
            () => Run.Handler(new() { MaxRowBytes = 1_000_000 }).RunAsync(execution, TestContext.Current.CancellationToken));
        Assert.StartsWith("line 2: ", failure.Message, StringComparison.Ordinal);
        Assert.InRange(file!.BytesRead, 1, 10_000_000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("\uFEFF")]
    public async Task An_empty_input_is_an_empty_result(string csv) => Assert.Empty(await Run.Csv(csv));

    [Fact]
    public async Task A_header_alone_is_a_result_without_rows() => Assert.Equal(["a,b"], await Run.Csv("a,b\n"));

    [Fact]
    public async Task Too_many_columns_fail_the_task() =>
        Assert.Equal("line 1: the header has 3 columns, more than 2", await Run.FailureOfCsv("a,b,c\n", "", new() { MaxColumns = 2 }));

    [Fact]
    public async Task A_file_in_utf16_is_read_by_its_byte_order_mark()
    {
        var execution = Run.OfFile([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,b\r\nø,2\r\n")]);
        Assert.Equal(["a,b", "ø,2"], await Run.SavedLines(execution));
    }
}
