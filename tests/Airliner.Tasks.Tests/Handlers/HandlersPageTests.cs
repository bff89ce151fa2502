using System.Text.Json;
using System.Text.RegularExpressions;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.FileUpload;
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

    [Fact]
    public void Every_type_has_its_row_and_its_section()
    {
        var page = Page();
        Assert.All(TaskTypes.All, type => Assert.Contains($"\n| `{type}` | ", page, StringComparison.Ordinal));
        Assert.All(TaskTypes.All, type => Assert.Contains($"\n## {type}\n", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_of_a_fetch_can_be_used()
    {
        var parameters = FileUploadParameters.Parse(JsonElement.Parse(ExampleOf("file_upload")), new FileUploadOptions().MaxBytes);
        Assert.Equal(("https://files.example.com/flights.csv", 10_000_000), (parameters.Url, parameters.MaxBytes));
    }

    private static string ExampleOf(string taskType)
    {
        var page = Page();
        return Example().Match(page, page.IndexOf($"## {taskType}\n", StringComparison.Ordinal)).Groups[1].Value;
    }

    private static string Page()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Airliner.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return File.ReadAllText(Path.Combine(folder, "docs", "handlers.md"));
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
