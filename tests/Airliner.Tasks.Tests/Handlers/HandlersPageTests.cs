using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.ReportGeneration;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Tests.DataProcessing;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

/// <summary>What docs/handlers.md shows, runs.</summary>
public sealed partial class HandlersPageTests
{
    [Theory]
    [InlineData("data_processing", "flight,to,name\r\nAA1,OSL,Oslo\r\n")]
    [InlineData("data_export", "PK")]
    [InlineData("report_generation", "<!doctype html>")]
    public async Task An_example_runs(string taskType, string start)
    {
        ITaskHandler handler = taskType switch
        {
            "data_processing" => Run.Handler(),
            "data_export" => Exports.Handler(),
            _ => new ReportGenerationHandler(Options.Create(new RowOptions())),
        };
        var execution = new RecordedExecution(JsonElement.Parse(ExampleOf(taskType)));
        await handler.RunAsync(execution, TestContext.Current.CancellationToken);
        Assert.StartsWith(start, execution.Saved!.Value.Content, StringComparison.Ordinal);
    }

    private static string ExampleOf(string taskType)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Airliner.sln")))
            folder = Path.GetDirectoryName(folder)!;
        var page = File.ReadAllText(Path.Combine(folder, "docs", "handlers.md"));
        return Example().Match(page, page.IndexOf($"## {taskType}\n", StringComparison.Ordinal)).Groups[1].Value;
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
