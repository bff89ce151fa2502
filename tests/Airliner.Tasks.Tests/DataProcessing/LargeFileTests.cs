using System.Text.Json;
using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

/// <summary>Runs alone: it measures the memory of the whole process.</summary>
[Collection(nameof(LargeFileTests))]
[CollectionDefinition(nameof(LargeFileTests), DisableParallelization = true)]
public sealed class LargeFileTests
{
    private const int Rows = 1_000_000;

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
}
