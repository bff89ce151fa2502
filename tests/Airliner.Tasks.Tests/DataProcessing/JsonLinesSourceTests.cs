using Airliner.Tasks.Grains.Handlers;
using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class JsonLinesSourceTests
{
    [Theory]
    [InlineData("{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y\"}\n", "a,b|1,x|,y")]
    [InlineData("{\"a\":1}\n{\"b\":2,\"a\":3}", "a,b|1,|3,2")]
    [InlineData("\uFEFF{\"a\":1}\r\n\r\n{\"a\":2}\r\n", "a|1|2")]
    [InlineData("{\"a\":true,\"b\":null,\"c\":1.50}", "a,b,c|true,,1.50")]
    [InlineData("{\"a\":{ \"x\" : [1, \"ø<\"] }}", "a|\"{\"\"x\"\":[1,\"\"ø<\"\"]}\"")]
    [InlineData("{\"a\":\"\\u00f8\\n\\\"q\\\"\"}", "a|\"ø\n\"\"q\"\"\"")]
    [InlineData("{\"\\u0061\":1}\n{\"a\":2}", "a|1|2")]
    [InlineData("{\"a\":1,\"a\":2}", "a|2")]
    [InlineData("", "")]
    public async Task Members_become_columns_and_values_cells(string lines, string expected) =>
        Assert.Equal(expected, string.Join('|', await Run.JsonLines(lines)));

    [Theory]
    [InlineData("{\"a\":1}\n{\"a\":}\n", "line 2, column 6: not a JSON object")]
    [InlineData("{\"a\":1}\n\n[1]\n", "line 3, column 1: not a JSON object")]
    [InlineData("{\"a\":1} {\"a\":2}\n", "line 1, column 9: not a JSON object")]
    [InlineData("{\"a\":1\n", "line 1, column 7: not a JSON object")]
    [InlineData("{\"a\":\"\\ud800\"}\n", "line 1: a string that is not Unicode text")]
    public async Task A_bad_line_is_named_by_its_number(string lines, string message)
    {
        var failure = await Assert.ThrowsAsync<TaskInputException>(() => Run.JsonLines(lines));
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public async Task Rows_are_filtered_grouped_and_sorted_like_those_of_csv() =>
        Assert.Equal(["to,count", "OSL,1", "BGO,2"], await Run.JsonLines(
            """
            {"to":"BGO","delay":12}
            {"to":"OSL","delay":30}
            {"to":"BGO","delay":"11"}
            {"to":"BGO"}
            """,
            """
            "where":[{"column":"delay","op":"gt","value":9}],"groupBy":["to"],"aggregate":[{"op":"count"}],"sort":[{"column":"count"}]
            """));

    [Fact]
    public async Task A_line_that_is_too_long_is_named_by_its_number()
    {
        var execution = Run.Execution(new { jsonl = "{\"a\":1}\n{\"a\":\"" + new string('x', 200_000) + "\"}\n" });
        var failure = await Assert.ThrowsAsync<TaskInputException>(
            () => Run.Handler(new() { MaxRowBytes = 70_000 }).RunAsync(execution, TestContext.Current.CancellationToken));
        Assert.Equal("line 2: longer than 70000 bytes", failure.Message);
    }

    [Fact]
    public async Task Names_of_members_have_a_bound_together_since_all_of_them_are_held()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 100).Select(number => $"{{\"{new string('x', 1_000)}{number:000}\":1}}"));
        var failure = await Assert.ThrowsAsync<TaskInputException>(
            () => Run.Handler(new() { MaxRowBytes = 70_000 }).RunAsync(Run.Execution(new { jsonl = lines }), TestContext.Current.CancellationToken));
        Assert.Equal("line 70: the names of the lines' members are longer than 70000 bytes together", failure.Message);
    }

    [Fact]
    public async Task Lines_longer_than_the_buffer_are_read_whole()
    {
        var text = new string('x', 300_000);
        Assert.Equal(["a", "1", text, "2"], await Run.JsonLines($"{{\"a\":1}}\n{{\"a\":\"{text}\"}}\n{{\"a\":2}}"));
    }
}
