using System.Text;
using System.Text.Json;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.DataProcessing;
using Airliner.Tasks.Grains.Handlers.Rows;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.DataProcessing;

/// <summary>Runs the handler over a source and gives the lines of the file that it saved.</summary>
internal static class Run
{
    public static Task<string[]> Csv(string csv, string members = "") => Lines(new { csv }, members);

    public static Task<string[]> JsonLines(string jsonl, string members = "") => Lines(new { jsonl }, members);

    public static async Task<string> FailureOfCsv(string csv, string members = "", RowOptions? options = null) =>
        (await Assert.ThrowsAsync<TaskInputException>(() => Handler(options).RunAsync(Execution(new { csv }, members), Token))).Message;

    public static async Task<string> FailureOf(string parameters)
    {
        var execution = new RecordedExecution(JsonElement.Parse(parameters));
        var failure = await Assert.ThrowsAsync<TaskInputException>(() => Handler().RunAsync(execution, Token));
        Assert.Null(execution.Saved);
        return failure.Message;
    }

    public static RecordedExecution Execution(object source, string members = "") =>
        new(JsonElement.Parse($$"""{"source":{{JsonSerializer.Serialize(source)}}{{(members.Length > 0 ? "," + members : "")}}}"""));

    public static RecordedExecution OfFile(byte[] content, string members = "")
    {
        var execution = Execution(new { fileId = 1001 }, members);
        execution.Files[1001] = () => new MemoryStream(content, writable: false);
        return execution;
    }

    public static Task<string[]> File(string content, string members = "") => SavedLines(OfFile(Encoding.UTF8.GetBytes(content), members));

    public static async Task<string[]> SavedLines(RecordedExecution execution)
    {
        await Handler().RunAsync(execution, Token);
        var content = execution.Saved!.Value.Content;
        return content.Length == 0 ? [] : content.TrimEnd('\r', '\n').Split("\r\n");
    }

    public static DataProcessingHandler Handler(RowOptions? options = null) =>
        new(Options.Create(options ?? new RowOptions()));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<string[]> Lines(object source, string members) => SavedLines(Execution(source, members));
}
