using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class SortTests
{
    private const string Mixed = "n,id\n10,1\n,2\n9,3\n1a,4\n9.0,5\n-3,6\n,7\nb,8\n";

    [Fact]
    public async Task Ascending_is_empty_then_numbers_then_text_and_stable() =>
        Assert.Equal("2 7 6 3 5 1 4 8", await Ids("""
            "sort":[{"column":"n"}],"select":["id"]
            """));

    [Fact]
    public async Task Descending_is_the_reverse_and_stable() =>
        Assert.Equal("8 4 1 3 5 6 2 7", await Ids("""
            "sort":[{"column":"n","descending":true}],"select":["id"]
            """));

    [Fact]
    public async Task Later_keys_decide_where_earlier_ones_are_equal() =>
        Assert.Equal("7 2 6 5 3 1 4 8", await Ids("""
            "sort":[{"column":"n"},{"column":"id","descending":true}],"select":["id"]
            """));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(500)]
    [InlineData(5000)]
    public async Task The_top_rows_are_those_of_the_full_sort(int limit)
    {
        var random = new Random(17);
        var csv = "key,id,word\n" + string.Concat(Enumerable.Range(0, 2000).Select(id => $"{random.Next(40)},{id},{new string('w', random.Next(30))}\n"));
        const string Sort = """
            "sort":[{"column":"key","descending":true},{"column":"word"}]
            """;
        var all = await Run.Csv(csv, Sort);
        Assert.Equal(2001, all.Length);
        Assert.Equal(all[..(Math.Min(limit, 2000) + 1)], await Run.Csv(csv, $"{Sort},\"limit\":{limit}"));
    }

    [Fact]
    public async Task Too_many_rows_to_sort_fail_the_task() =>
        Assert.Equal("sort: more than 5 rows to sort; filter more, select fewer columns, or set a limit", await Run.FailureOfCsv(Mixed, """
            "sort":[{"column":"n"}]
            """, new() { MaxHeldRows = 5 }));

    [Fact]
    public async Task Rows_to_sort_that_take_too_much_memory_fail_the_task() =>
        Assert.StartsWith("sort: the rows to sort take more than 500 bytes", await Run.FailureOfCsv(Mixed, """
            "sort":[{"column":"n"}]
            """, new() { MaxHeldBytes = 500 }), StringComparison.Ordinal);

    [Fact]
    public async Task A_limit_keeps_a_sort_within_its_bounds()
    {
        var execution = Run.Execution(new { csv = Mixed }, """
            "sort":[{"column":"id","descending":true}],"limit":2
            """);
        await Run.Handler(new() { MaxHeldRows = 5 }).RunAsync(execution, TestContext.Current.CancellationToken);
        Assert.Equal("n,id\r\nb,8\r\n,7\r\n", execution.Saved!.Value.Content);
    }

    private static async Task<string> Ids(string members) => string.Join(' ', (await Run.Csv(Mixed, members))[1..]);
}
