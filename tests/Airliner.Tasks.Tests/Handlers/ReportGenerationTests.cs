using System.Text;
using System.Text.Json;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.ReportGeneration;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Tests.DataProcessing;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

public sealed class ReportGenerationTests
{
    private const string Groups = """
        "groupBy":["to"],"aggregate":[{"op":"count","as":"flights"},{"op":"sum","column":"delay"},{"op":"min","column":"note","as":"note"}],"sort":[{"column":"to"}]
        """;

    private const string Flights = "to,delay,note\nOslo,5,+x\nBergen,-7,\n=cmd,1.5,<b>\nOslo,10,\n-1,0,@a\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_csv_marks_what_a_spreadsheet_would_take_for_a_formula_and_no_number() =>
        Assert.Equal(
            "to,flights,sum_delay,note\r\n-1,1,0,'@a\r\n'=cmd,1,1.5,<b>\r\nBergen,1,-7,\r\nOslo,2,15,'+x\r\n",
            await TextAsync("csv", Groups));

    [Fact]
    public async Task A_json_report_has_numbers_where_they_were_computed() =>
        Assert.Equal(
            """{"title":"Delays","columns":["to","flights","sum_delay","note"],"rows":[{"to":"-1","flights":1,"sum_delay":0,"note":"@a"},{"to":"=cmd","flights":1,"sum_delay":1.5,"note":"<b>"},{"to":"Bergen","flights":1,"sum_delay":-7,"note":null},{"to":"Oslo","flights":2,"sum_delay":15,"note":"+x"}]}""",
            await TextAsync("json", Groups + ",\"title\":\"Delays\""));

    [Fact]
    public async Task A_page_is_whole_and_every_text_in_it_is_escaped()
    {
        var page = await TextAsync("html", Groups + ",\"title\":\"<script>alert(1)</script>\"");
        Assert.StartsWith("<!doctype html>", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
        Assert.Contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>", page, StringComparison.Ordinal);
        Assert.Contains("<tr><td>=cmd</td><td class=\"n\">1</td><td class=\"n\">1.5</td><td>&lt;b&gt;</td></tr>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workbook_has_numbers_and_texts_but_no_formulas()
    {
        var execution = Execution("xlsx", Groups);
        await Handler().RunAsync(execution, Token);
        Assert.Equal(
            "{\"to\":\"-1\",\"flights\":1,\"sum_delay\":0,\"note\":\"@a\"}\n{\"to\":\"=cmd\",\"flights\":1,\"sum_delay\":1.5,\"note\":\"<b>\"}\n"
            + "{\"to\":\"Bergen\",\"flights\":1,\"sum_delay\":-7,\"note\":null}\n{\"to\":\"Oslo\",\"flights\":2,\"sum_delay\":15,\"note\":\"+x\"}\n",
            Encoding.UTF8.GetString(await Exports.ExportAsync(execution.SavedBytes, "jsonl")));
    }

    [Fact]
    public async Task The_result_names_the_file_and_its_counts()
    {
        var result = await Handler().RunAsync(Execution("csv", "\"aggregate\":[{\"op\":\"count\"}],\"where\":[{\"column\":\"to\",\"op\":\"eq\",\"value\":\"Oslo\"}],\"name\":\"delays\""), Token);
        Assert.Equal("""{"fileId":7001,"name":"delays.csv","format":"csv","inputRows":5,"rows":1,"columns":["count"]}""", JsonSerializer.Serialize(result));
    }

    [Theory]
    [InlineData("", "groupBy: is required, or aggregate: a report sums up groups of rows")]
    [InlineData("\"groupBy\":[\"x\"]", "groupBy[0]: there is no column 'x'; the columns are to, delay, note")]
    [InlineData("\"groupBy\":[\"to\"],\"title\":1", "title: must be a string")]
    [InlineData("\"groupBy\":[\"to\"],\"format\":\"pdf\"", "format: must be one of html, csv, xlsx, json")]
    public async Task What_cannot_be_used_is_named(string members, string message)
    {
        var execution = Execution(null, members);
        Assert.Equal(message, (await Assert.ThrowsAsync<TaskInputException>(() => Handler().RunAsync(execution, Token))).Message);
    }

    private static async Task<string> TextAsync(string format, string members)
    {
        var execution = Execution(format, members);
        await Handler().RunAsync(execution, Token);
        return execution.Saved!.Value.Content;
    }

    private static RecordedExecution Execution(string? format, string members) =>
        Run.Execution(new { csv = Flights }, string.Join(',', new[] { format is null ? "" : $"\"format\":\"{format}\"", members }.Where(member => member.Length > 0)));

    private static ReportGenerationHandler Handler() => new(Options.Create(new RowOptions()));
}
