using System.Text;
using System.Text.Json;
using Airliner.Tasks.Tests.DataProcessing;
using CsCheck;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

public sealed class DataExportTests
{
    private const string Awkward =
        "id,text,number\r\n007, spaces ,12345678901234567890\r\n=1+1,\"a\nb\r\nc\",1.50\r\n_x0041_,\"\u0001\t,\"\"\",-0\r\n,😀 ÆØÅ <&>,1e400\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("xlsx")]
    [InlineData("parquet")]
    [InlineData("xlsx", "parquet", "jsonl")]
    [InlineData("parquet", "xlsx", "jsonl", "parquet")]
    public async Task Csv_comes_back_to_the_letter_through_any_format(params string[] formats) =>
        Assert.Equal(Awkward, await Exports.ThroughAsync(Awkward, [.. formats, "csv"]));

    [Theory]
    [InlineData("{\"a\":1.50,\"b\":\"007\",\"c\":true,\"d\":null,\"e\":{\"x\":[1]}}\n{\"b\":\"\"}\n{\"a\":12345678901234567890}\n", "jsonl")]
    [InlineData("{\"a\":-0}\n", "xlsx")]
    [InlineData("{\"a\":1.5,\"b\":\"007\",\"c\":true,\"d\":\"x\"}\n{\"a\":12,\"b\":\"\",\"c\":false,\"d\":null}\n", "xlsx")]
    public async Task Json_lines_keep_what_is_a_number_a_boolean_or_nothing(string lines, string through) =>
        Assert.Equal(lines, await Exports.ThroughAsync(lines, through, "jsonl"));

    [Fact]
    public async Task Any_table_comes_back_to_the_letter_through_xlsx_and_parquet()
    {
        var cells = Gen.OneOf(Gen.Char['\u0001', '\u00ff'].Array[0, 8].Select(letters => new string(letters)), Gen.Long.Select(number => $"{number}"), Gen.Double.Select(number => $"{number:R}"), Gen.Const("00.10"), Gen.Const("_x000D_"));
        await cells.Array[3].Array[1, 20].SampleAsync(
            async rows =>
            {
                var text = new StringBuilder("a,b,c\r\n");
                foreach (var row in rows)
                    text.AppendJoin(',', row.Select(cell => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
                var plain = await Exports.ThroughAsync(text.ToString(), "csv");
                Assert.Equal(plain, await Exports.ThroughAsync(plain, "xlsx", "parquet", "csv"));
            },
            iter: 40);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("xlsx")]
    [InlineData("parquet")]
    public async Task A_cell_that_is_not_of_the_type_that_was_asked_for_fails_the_task_in_every_format(string format) => Assert.StartsWith(
        "line 2, column 'a': '007' is not a whole number",
        await Exports.FailureAsync("a\n007\n"u8.ToArray(), format, "\"columns\":[{\"column\":\"a\",\"type\":\"integer\"}]"), StringComparison.Ordinal);

    [Fact]
    public async Task Columns_are_picked_named_and_given_types()
    {
        const string Columns = """
            "columns":[{"column":"n","type":"integer"},{"column":"x","as":"y","type":"number"},{"column":"b","type":"boolean"},"t"]
            """;
        var csv = "t,n,x,b\n007,12,1.50,true\n,,,\n"u8.ToArray();
        Assert.Equal(
            "{\"n\":12,\"y\":1.50,\"b\":true,\"t\":\"007\"}\n{\"n\":null,\"y\":null,\"b\":null,\"t\":\"\"}\n",
            Encoding.UTF8.GetString(await Exports.ExportAsync(csv, "jsonl", Columns)));
        foreach (var format in new[] { "xlsx", "parquet" })
        {
            var back = await Exports.ExportAsync(await Exports.ExportAsync(csv, format, Columns), "jsonl");
            Assert.Equal("{\"n\":12,\"y\":1.5,\"b\":true,\"t\":\"007\"}\n{\"n\":null,\"y\":null,\"b\":null,\"t\":\"\"}\n", Encoding.UTF8.GetString(back));
        }
    }

    [Theory]
    [InlineData("integer", "007")]
    [InlineData("integer", "1.0")]
    [InlineData("integer", "9223372036854775808")]
    [InlineData("number", "12345678901234567")]
    [InlineData("number", "+1")]
    [InlineData("number", "NaN")]
    [InlineData("boolean", "yes")]
    public async Task A_cell_that_a_type_would_change_fails_by_line_and_column(string type, string cell) =>
        Assert.StartsWith($"line 3, column 'a': '{cell}' is not ", await Exports.FailureAsync(Encoding.UTF8.GetBytes($"a\n\"\"\n{cell}\n"), "jsonl", $$"""
            "columns":[{"column":"a","type":"{{type}}"}]
            """), StringComparison.Ordinal);

    [Theory]
    [InlineData("x")]
    [InlineData("xInfinity")]
    [InlineData("+Infinity")]
    [InlineData("-NaN")]
    public async Task What_only_ends_like_a_double_that_is_no_number_is_no_number_in_Parquet(string cell) =>
        Assert.StartsWith($"line 2, column 'a': '{cell}' is not ", await Exports.FailureAsync(Encoding.UTF8.GetBytes($"a\n{cell}\n"), "parquet", """
            "columns":[{"column":"a","type":"number"}]
            """), StringComparison.Ordinal);

    [Fact]
    public async Task A_double_that_is_no_number_comes_back_through_Parquet()
    {
        const string Csv = "a\r\nNaN\r\nInfinity\r\n-Infinity\r\n1.5\r\n";
        var parquet = await Exports.ExportAsync(Encoding.UTF8.GetBytes(Csv), "parquet", """
            "columns":[{"column":"a","type":"number"}]
            """);
        Assert.Equal(Csv, Encoding.UTF8.GetString(await Exports.ExportAsync(parquet, "csv")));
    }

    [Theory]
    [InlineData("xml", "", "format: must be one of csv, jsonl, xlsx, parquet")]
    [InlineData("csv", "\"columns\":[\"b\"]", "columns[0]: there is no column 'b'; the columns are a")]
    [InlineData("csv", "\"columns\":[\"a\",\"a\"]", "columns[1]: the file already has a column 'a'")]
    [InlineData("csv", "\"columns\":[{\"column\":\"a\",\"type\":\"date\"}]", "columns[0].type: must be one of text, integer, number, boolean")]
    [InlineData("csv", "\"name\":\"a/b\"", "name: must have 1 to 200 characters, no slashes or control characters, and no dot in front")]
    [InlineData("xlsx", "\"sheet\":\"a:b\"", "sheet: must have 1 to 31 characters, none of [ ] : * ? / \\, and no apostrophe at its ends")]
    public async Task What_cannot_be_used_is_named(string format, string members, string message) =>
        Assert.Equal(message, await Exports.FailureAsync("a\n1\n"u8.ToArray(), format, members));

    [Fact]
    public async Task A_text_that_no_cell_of_a_workbook_holds_is_named() =>
        Assert.Equal(
            "line 2, column 'a': the text has 32768 characters, and a cell of an xlsx at most 32767",
            await Exports.FailureAsync(Encoding.UTF8.GetBytes($"a\n{new string('x', 32_768)}\n"), "xlsx"));

    [Fact]
    public async Task The_result_names_the_file_its_format_and_its_rows()
    {
        var execution = Exports.Execution("a,b\n1,2\n3,4\n"u8.ToArray(), "parquet", "\"name\":\"flights\"");
        var result = await Exports.Handler().RunAsync(execution, Token);
        Assert.Equal("""{"fileId":7001,"name":"flights.parquet","format":"parquet","rows":2,"columns":["a","b"]}""", JsonSerializer.Serialize(result));
        Assert.Equal(("flights.parquet", "application/vnd.apache.parquet"), (execution.Saved!.Value.Name, execution.Saved.Value.ContentType));
    }

    [Fact]
    public async Task A_Parquet_file_of_several_row_groups_is_read_as_one()
    {
        var csv = "n\r\n" + string.Concat(Enumerable.Range(1, 50).Select(number => $"{number}\r\n"));
        var parquet = await Exports.ExportAsync(Encoding.UTF8.GetBytes(csv), "parquet", "", new() { RowGroupRows = 7 });
        Assert.Equal(csv, Encoding.UTF8.GetString(await Exports.ExportAsync(parquet, "csv")));
        Assert.StartsWith("source: row group 1 has 7 rows", await Exports.FailureAsync(parquet, "csv", "", new() { MaxRowGroupRows = 6 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    [InlineData("xlsx")]
    [InlineData("parquet")]
    public async Task Cancellation_ends_an_export_within_a_bounded_number_of_rows(string format)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        GeneratedStream? file = null;
        var execution = Exports.Execution([], format, "");
        execution.Files[1001] = () => file = new GeneratedStream("a,b\n"u8.ToArray(), "1,2\n"u8.ToArray(), 1_000_000_000)
        {
            Reading = position =>
            {
                if (position > 1_000_000)
                    cancellation.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Exports.Handler().RunAsync(execution, cancellation.Token));
        Assert.InRange(file!.BytesRead, 1_000_000, 3_000_000);
    }
}
