using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class JoinTests
{
    private const string Flights = "flight,to\nAA1,OSL\nAA2,BGO\nAA3,XXX\nAA4,\n";
    private const string Airports = "code,name\\nOSL,Oslo\\nBGO,Bergen\\nOSL,Gardermoen\\n,nowhere\\n";

    [Fact]
    public async Task An_inner_join_has_each_pair_of_equal_keys_in_the_order_of_both_sources() =>
        Assert.Equal(["flight,to,name", "AA1,OSL,Oslo", "AA1,OSL,Gardermoen", "AA2,BGO,Bergen"], await Run.Csv(Flights, Join("""[{"left":"to","right":"code"}]""")));

    [Fact]
    public async Task A_left_join_keeps_rows_without_a_match_and_an_empty_key_matches_nothing() =>
        Assert.Equal(
            ["flight,to,name", "AA1,OSL,Oslo", "AA1,OSL,Gardermoen", "AA2,BGO,Bergen", "AA3,XXX,", "AA4,,"],
            await Run.Csv(Flights, Join("""[{"left":"to","right":"code"}]""", ",\"type\":\"left\"")));

    [Fact]
    public async Task A_joined_row_is_filtered_grouped_and_sorted_like_any_other() =>
        Assert.Equal(["name,count", "Bergen,1", "Oslo,1"], await Run.Csv(Flights, Join("""[{"left":"to","right":"code"}]""") + """
            ,"where":[{"column":"name","op":"ne","value":"Gardermoen"}],"groupBy":["name"],"aggregate":[{"op":"count"}],"sort":[{"column":"name"}]
            """));

    [Fact]
    public async Task Keys_of_several_columns_must_all_be_equal_and_a_prefix_parts_equal_names() =>
        Assert.Equal(["a,b,n,r_n", "1,x,left,right"], await Run.Csv("a,b,n\n1,x,left\n1,y,left\n", """
            "join":{"source":{"jsonl":"{\"a\":1,\"b\":\"x\",\"n\":\"right\"}"},"on":["a","b"],"prefix":"r_"}
            """));

    [Fact]
    public async Task A_file_is_joined_with_a_file()
    {
        var execution = Run.OfFile("a\n1\n"u8.ToArray(), """
            "join":{"source":{"fileId":1002},"on":["a"]}
            """);
        execution.Files[1002] = () => new MemoryStream("a,b\n1,2\n"u8.ToArray());
        Assert.Equal(["a,b", "1,2"], await Run.SavedLines(execution));
        Assert.Equal(execution.Progress.Order(), execution.Progress);
    }

    [Theory]
    [InlineData("""{"on":["to"]}""", "join.source: is required")]
    [InlineData("""{"source":{"csv":"to\n"}}""", "join.on: must name a column that both sources have, or {left, right}")]
    [InlineData("""{"source":{"csv":"to\n"},"on":[1]}""", "join.on[0]: must be an object")]
    [InlineData("""{"source":{"csv":"to\n"},"on":[{"left":"to"}]}""", "join.on[0].right: is required")]
    [InlineData("""{"source":{"csv":"to\n"},"on":["to"],"type":"outer"}""", "join.type: must be one of inner, left")]
    [InlineData("""{"source":{"csv":"code\n"},"on":["to"]}""", "join.on[0]: there is no column 'to'; the columns are code")]
    [InlineData("""{"source":{"csv":"x\n"},"on":[{"left":"x","right":"x"}]}""", "join.on[0]: there is no column 'x'; the columns are flight, to")]
    [InlineData("""{"source":{"csv":"to,flight\n"},"on":["to"]}""", "join.prefix: both sources have a column 'flight'; give a prefix for the columns of the second")]
    [InlineData("""{"source":{"fileId":9},"on":["to"]}""", "join.source.fileId: there is no file 9")]
    public async Task A_join_that_cannot_be_done_is_named(string join, string message) =>
        Assert.Equal(message, await Run.FailureOfCsv(Flights, $"\"join\":{join}"));

    [Fact]
    public async Task A_second_source_beyond_the_bound_fails_the_task() =>
        Assert.StartsWith("join.source: more than 2 rows of the second source", await Run.FailureOfCsv(Flights, Join("""[{"left":"to","right":"code"}]"""), new() { MaxHeldRows = 2 }), StringComparison.Ordinal);

    private static string Join(string on, string more = "") => $$"""
        "join":{"source":{"csv":"{{Airports}}"},"on":{{on}}{{more}}}
        """;
}
