using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

/// <summary>Runs alone: it measures the memory of the whole process.</summary>
[Collection(nameof(LargeFileTests))]
[CollectionDefinition(nameof(LargeFileTests), DisableParallelization = true)]
public sealed class LargeFileTests
{
    private const int Rows = 1_000_000;

    /// <summary>Megabytes that are filtered: a hundred by themselves, and 1000 where the environment says so.</summary>
    private static readonly long _filteredBytes = 1_000_000L * int.Parse(Environment.GetEnvironmentVariable("AIRLINER_TEST_FILTERED_MB") ?? "100", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("\"where\":[{\"column\":\"delay\",\"op\":\"gt\",\"value\":10}]")]
    [InlineData("\"sort\":[{\"column\":\"delay\",\"descending\":true}],\"limit\":100")]
    [InlineData("\"groupBy\":[\"from\"],\"aggregate\":[{\"op\":\"avg\",\"column\":\"delay\"},{\"op\":\"max\",\"column\":\"flight\"}]")]
    public async Task A_large_file_passes_through_bounded_memory(string members)
    {
        var header = "flight,from,to,delay,status\n"u8.ToArray();
        var rows = "AA0001,OSL,BGO,12,late and delayed by weather\nAA0002,BGO,OSL,3,on time and as planned\n"u8.ToArray();
        var length = header.Length + (rows.Length * (Rows / 2L));
        var execution = new RecordedExecution(JsonElement.Parse($$"""{"source":{"fileId":1001},{{members}}}""")) { Target = Stream.Null };
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (next, measured, peak) = (length / 10, 0, 0L);
        execution.Files[1001] = () => new GeneratedStream(header, rows, length)
        {
            Reading = position =>
            {
                if (position < next)
                    return;
                next += length / 10;
                measured++;
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
            },
        };

        var result = await Run.Handler().RunAsync(execution, TestContext.Current.CancellationToken);

        Assert.Equal(Rows, result.GetProperty("inputRows").GetInt64());
        Assert.InRange(measured, 9, 10);
        // 42 MB have passed; what lives at any time are some buffers.
        Assert.InRange(peak, long.MinValue, 3_000_000);
    }

    [Fact]
    public async Task A_file_of_any_size_is_filtered_in_less_than_200_MB_of_the_process()
    {
        var execution = new RecordedExecution(JsonElement.Parse("""{"source":{"fileId":1001},"where":[{"column":"delay","op":"gt","value":10}]}""")) { Target = Stream.Null };
        var header = "flight,from,to,delay,status\n"u8.ToArray();
        var rows = "AA0001,OSL,BGO,12,late and delayed by weather\nAA0002,BGO,OSL,3,on time and as planned\n"u8.ToArray();
        var pairs = _filteredBytes / rows.Length;
        using var process = Process.GetCurrentProcess();
        var (before, next, peak) = (process.WorkingSet64, 0L, 0L);
        execution.Files[1001] = () => new GeneratedStream(header, rows, header.Length + (pairs * rows.Length))
        {
            Reading = position =>
            {
                if (position < next)
                    return;
                next += 5_000_000;
                process.Refresh();
                peak = Math.Max(peak, process.WorkingSet64 - before);
            },
        };

        var result = await Run.Handler().RunAsync(execution, TestContext.Current.CancellationToken);

        Assert.Equal((pairs * 2, pairs), (result.GetProperty("inputRows").GetInt64(), result.GetProperty("rows").GetInt64()));
        Assert.InRange(peak, long.MinValue, 200_000_000);
    }
}
