using System.Text;
using System.Text.Json;
using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

public sealed class DataProcessingHandlerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_result_names_the_file_the_counts_the_columns_and_the_first_rows()
    {
        var execution = Run.Execution(new { csv = "a,b\n1,x\n2,\n3,z\n" }, """
            "where":[{"column":"a","op":"ge","value":2}]
            """);
        var result = await Run.Handler().RunAsync(execution, Token);
        Assert.Equal(
            """{"fileId":7001,"inputRows":3,"rows":2,"columns":["a","b"],"preview":[{"a":"2","b":""},{"a":"3","b":"z"}]}""",
            JsonSerializer.Serialize(result));
        Assert.Equal(("result-1234.csv", "text/csv", "a,b\r\n2,\r\n3,z\r\n"), execution.Saved);
    }

    [Fact]
    public async Task The_preview_has_the_first_twenty_rows()
    {
        var csv = "n\n" + string.Join('\n', Enumerable.Range(1, 50));
        var result = await Run.Handler().RunAsync(Run.Execution(new { csv }), Token);
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"{n}"), result.GetProperty("preview").EnumerateArray().Select(row => row.GetProperty("n").GetString()));
        Assert.Equal(50, result.GetProperty("rows").GetInt64());
    }

    [Fact]
    public async Task A_preview_of_wide_rows_stays_small()
    {
        var csv = "n\n" + string.Concat(Enumerable.Repeat(new string('é', 100_000) + "\n", 30));
        var result = await Run.Handler().RunAsync(Run.Execution(new { csv }), Token);
        Assert.All(result.GetProperty("preview").EnumerateArray(), row => Assert.Equal(1_001, row.GetProperty("n").GetString()!.Length));
    }

    [Fact]
    public async Task A_preview_of_columns_with_long_names_stays_small()
    {
        var csv = new string('n', 4_000_000) + "\n" + string.Concat(Enumerable.Repeat("1\n", 20));
        var result = await Run.Handler().RunAsync(Run.Execution(new { csv }), Token);
        Assert.Equal((20, 0), (result.GetProperty("rows").GetInt64(), result.GetProperty("preview").GetArrayLength()));
    }

    [Theory]
    [InlineData("a,b\n1,2\n")]
    [InlineData("{\"a\":1,\"b\":2}\n")]
    [InlineData("\uFEFF\n { \"a\":1,\"b\":2}\n")]
    public async Task The_format_of_a_file_is_seen_from_its_content(string content) => Assert.Equal(["a,b", "1,2"], await Run.File(content));

    [Fact]
    public async Task The_format_of_a_file_can_be_named()
    {
        var execution = Run.Execution(new { fileId = 1001, format = "csv" });
        execution.Files[1001] = () => new MemoryStream("{}\n1\n"u8.ToArray());
        Assert.Equal(["{}", "1"], await Run.SavedLines(execution));
    }

    [Fact]
    public async Task A_file_of_another_user_does_not_exist() =>
        Assert.Equal("source.fileId: there is no file 1002", await Run.FailureOf("""{"source":{"fileId":1002}}"""));

    [Theory]
    [InlineData(8, null)]
    [InlineData(7, "source.fileId: the file has 8 bytes, and may have at most 7")]
    public async Task A_file_may_be_as_large_as_the_limit_says_and_no_larger(long most, string? failure)
    {
        var running = Record.ExceptionAsync(() => Run.Handler(new() { MaxFileBytes = most }).RunAsync(Run.OfFile("a,b\n1,2\n"u8.ToArray()), Token));
        Assert.Equal(failure, (await running)?.Message);
    }

    [Theory]
    [InlineData("a,b\n", "1,2\n")]
    [InlineData("", "{\"a\":1,\"b\":2}\n")]
    public async Task Progress_rises_to_99_and_reports_each_percent_once(string start, string row)
    {
        var execution = Run.OfFile(Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(row, 500_000))));
        await Run.Handler().RunAsync(execution, Token);
        Assert.Equal(execution.Progress.Distinct().Order(), execution.Progress);
        Assert.InRange(execution.Progress.Count, 20, 99);
        Assert.Equal(99, execution.Progress[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"sort\":[{\"column\":\"a\"}],\"limit\":3")]
    [InlineData("\"groupBy\":[\"a\"]")]
    public async Task Cancellation_ends_the_task_within_a_bounded_number_of_rows(string members)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Token);
        GeneratedStream? file = null;
        var execution = Run.Execution(new { fileId = 1001 }, members);
        execution.Files[1001] = () => file = new GeneratedStream("a,b\n"u8.ToArray(), "1,2\n"u8.ToArray(), 1_000_000_000)
        {
            Reading = position =>
            {
                if (position > 1_000_000)
                    cancellation.Cancel();
            },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run.Handler().RunAsync(execution, cancellation.Token));
        Assert.InRange(file!.BytesRead, 1_000_000, 2_000_000);
        Assert.Null(execution.Saved);
    }
}
