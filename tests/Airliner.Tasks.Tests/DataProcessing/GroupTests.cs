using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class GroupTests
{
    private const string Cells = "k,v\na,1.50\nb,x\na,\na,10\nb,\nc,\n";

    [Theory]
    [InlineData("count", "1.50 10 ", "count", "3")]
    [InlineData("sum", "1.50 2.50 ", "sum_v", "4")]
    [InlineData("sum", "0.1 0.2", "sum_v", "0.3")]
    [InlineData("sum", "79228162514264337593543950335 1", "sum_v", "7.922816251426434E+28")]
    [InlineData("sum", "1e300 1e300", "sum_v", "2E+300")]
    [InlineData("sum", " ", "sum_v", "\"\"")]
    [InlineData("avg", "1 2 ", "avg_v", "1.5")]
    [InlineData("avg", "10 0 0", "avg_v", "3.333333333333333")]
    [InlineData("avg", "2 2 1", "avg_v", "1.666666666666667")]
    [InlineData("avg", "12345678901234567890 12345678901234567892", "avg_v", "12345678901234567891")]
    [InlineData("min", "10 9 007", "min_v", "007")]
    [InlineData("max", "10 9 007", "max_v", "10")]
    [InlineData("min", "10 9 1a", "min_v", "10")]
    [InlineData("max", "10 9 1a", "max_v", "9")]
    [InlineData("max", "-1 -2 ", "max_v", "-1")]
    [InlineData("min", " ", "min_v", "\"\"")]
    public async Task An_aggregate_of_everything_is_one_row(string operation, string values, string name, string expected)
    {
        var column = operation == "count" ? "" : ",\"column\":\"v\"";
        var csv = "k,v\n" + string.Concat(values.Split(' ').Select(value => $"k,{value}\n"));
        Assert.Equal([name, expected], await Run.Csv(csv, $$"""
            "aggregate":[{"op":"{{operation}}"{{column}}}]
            """));
    }

    [Fact]
    public async Task Groups_come_in_the_order_of_their_first_appearance() =>
        Assert.Equal(["k,count,filled,min_v", "a,3,2,1.50", "b,2,1,x", "c,1,0,"], await Run.Csv(Cells, """
            "groupBy":["k"],"aggregate":[{"op":"count"},{"op":"count","column":"v","as":"filled"},{"op":"min","column":"v"}]
            """));

    [Fact]
    public async Task Groups_can_be_selected_sorted_and_cut() =>
        Assert.Equal(["n,k", "1,c", "2,b"], await Run.Csv(Cells, """
            "groupBy":["k"],"aggregate":[{"op":"count","as":"n"}],"select":["n","k"],"sort":[{"column":"n"}],"limit":2
            """));

    [Fact]
    public async Task Grouping_alone_gives_the_distinct_values() =>
        Assert.Equal(["a,b", "1,1", "1,2", "\"1,1\","], await Run.Csv("a,b\n1,1\n1,2\n1,1\n\"1,1\",\n1,2\n", "\"groupBy\":[\"a\",\"b\"]"));

    [Fact]
    public async Task An_aggregate_of_no_rows_is_still_one_row() =>
        Assert.Equal(["count,sum_v", "0,"], await Run.Csv("k,v\n", """
            "aggregate":[{"op":"count"},{"op":"sum","column":"v"}]
            """));

    [Fact]
    public async Task Groups_of_no_rows_are_none() =>
        Assert.Equal(["k,count"], await Run.Csv("k,v\n", """
            "groupBy":["k"],"aggregate":[{"op":"count"}]
            """));

    [Theory]
    [InlineData("sum")]
    [InlineData("avg")]
    public async Task Text_among_numbers_is_named_by_line_and_column(string operation) =>
        Assert.Equal("line 4, column 'v': 'x' is not a number (aggregate[0])", await Run.FailureOfCsv("k,v\n\"a\nb\",1\nb,x\n", $$"""
            "aggregate":[{"op":"{{operation}}","column":"v"}]
            """));

    [Fact]
    public async Task Too_many_groups_fail_the_task() =>
        Assert.StartsWith("groupBy: more than 2 groups", await Run.FailureOfCsv(Cells, "\"groupBy\":[\"k\"]", new() { MaxHeldRows = 2 }), StringComparison.Ordinal);

    [Fact]
    public async Task Groups_that_take_too_much_memory_fail_the_task() =>
        Assert.StartsWith("groupBy: the groups take more than 300 bytes", await Run.FailureOfCsv(Cells, "\"groupBy\":[\"k\"]", new() { MaxHeldBytes = 300 }), StringComparison.Ordinal);
}
