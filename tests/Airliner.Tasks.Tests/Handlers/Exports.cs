using System.Text;
using System.Text.Json;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.DataExport;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Tests.DataProcessing;
using Microsoft.Extensions.Options;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

/// <summary>Runs exports, one after the other, over what the one before saved.</summary>
internal static class Exports
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The bytes of an export of a file.</summary>
    public static async Task<byte[]> ExportAsync(byte[] file, string format, string members = "", RowOptions? options = null)
    {
        var execution = Execution(file, format, members);
        await Handler(options).RunAsync(execution, Token);
        return execution.SavedBytes;
    }

    /// <summary>The text of what comes out at the end of a row of exports.</summary>
    public static async Task<string> ThroughAsync(string text, params string[] formats)
    {
        var file = Encoding.UTF8.GetBytes(text);
        foreach (var format in formats)
            file = await ExportAsync(file, format);
        return Encoding.UTF8.GetString(file);
    }

    public static async Task<string> FailureAsync(byte[] file, string format, string members = "", RowOptions? options = null) =>
        (await Assert.ThrowsAsync<TaskInputException>(() => ExportAsync(file, format, members, options))).Message;

    public static RecordedExecution Execution(byte[] file, string format, string members = "")
    {
        var execution = new RecordedExecution(JsonElement.Parse($$"""{"source":{"fileId":1001},"format":"{{format}}"{{(members.Length > 0 ? "," + members : "")}}}"""));
        execution.Files[1001] = () => new MemoryStream(file, writable: false);
        return execution;
    }

    public static DataExportHandler Handler(RowOptions? options = null) => new(Options.Create(options ?? new RowOptions()));
}
