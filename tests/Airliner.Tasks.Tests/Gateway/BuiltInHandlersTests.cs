using System.Net;
using System.Text;
using System.Text.Json;
using Airliner.Testing;
using NetVips;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>Each built-in type as a client uses it: upload, create, wait, download.</summary>
[Collection(SystemCollection.Name)]
public sealed class BuiltInHandlersTests(RunningSystem system)
{
    private const string Base = "/api/v1/eventstreammonitor";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_processing_joins_and_filters_an_uploaded_file() =>
        Assert.Equal("flight,to,name\r\nAA1,OSL,Oslo\r\n", Encoding.UTF8.GetString(await ResultOfAsync("data_processing", "flight,to\nAA1,OSL\nAA2,BGO\n"u8.ToArray(), """
            "join":{"source":{"csv":"to,name\nOSL,Oslo\nBGO,Bergen\n"},"on":["to"]},"where":[{"column":"to","op":"eq","value":"OSL"}]
            """)));

    [Fact]
    public async Task Data_export_brings_a_file_into_another_format() =>
        Assert.Equal("{\"id\":\"007\"}\n{\"id\":\"=1+1\"}\n", Encoding.UTF8.GetString(await ResultOfAsync("data_export", "id\n007\n=1+1\n"u8.ToArray(), "\"format\":\"jsonl\"")));

    [Fact]
    public async Task Report_generation_sums_up_a_file() =>
        Assert.Equal("to,count\r\n'=x,1\r\nOSL,2\r\n", Encoding.UTF8.GetString(await ResultOfAsync("report_generation", "to\nOSL\n=x\nOSL\n"u8.ToArray(), """
            "format":"csv","groupBy":["to"],"aggregate":[{"op":"count"}],"sort":[{"column":"to"}]
            """)));

    [Fact]
    public async Task Image_processing_turns_an_image()
    {
        using var picture = Image.Black(40, 20);
        var result = await ResultOfAsync("image_processing", picture.PngsaveBuffer(), """
            "format":"webp","operations":[{"rotate":{"degrees":90}}]
            """);
        using var turned = Image.NewFromBuffer(result);
        Assert.Equal((20, 40), (turned.Width, turned.Height));
    }

    [Fact]
    public async Task Parameters_that_a_handler_cannot_use_fail_the_task_at_its_first_attempt()
    {
        var user = await system.NewUserAsync();
        var task = await EndedAsync(user.AccessToken, "data_export", """{"source":{"csv":"a\n"},"format":"pdf"}""");
        Assert.Equal(
            ("failed", 1, "format: must be one of csv, jsonl, xlsx, parquet"),
            (task.GetProperty("status").GetString(), task.GetProperty("attempts").GetInt32(), task.GetProperty("errorMessage").GetString()));
    }

    private async Task<byte[]> ResultOfAsync(string taskType, byte[] file, string members)
    {
        var user = await system.NewUserAsync();
        using var upload = new HttpRequestMessage(HttpMethod.Post, $"{Base}/files") { Content = new ByteArrayContent(file), Headers = { Authorization = new("Bearer", user.AccessToken) } };
        var fileId = (await (await system.Tasks.Http.SendAsync(upload, Token)).JsonAsync(HttpStatusCode.Created)).GetProperty("file").GetProperty("fileId").GetInt64();
        var task = await EndedAsync(user.AccessToken, taskType, $$"""{"source":{"fileId":{{fileId}}},{{members}}}""");
        Assert.Equal(("completed", JsonValueKind.Null), (task.GetProperty("status").GetString(), task.GetProperty("errorMessage").ValueKind));
        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, $"{Base}/files/{task.GetProperty("result").GetProperty("fileId").GetInt64()}", user.AccessToken);
        return await answer.Content.ReadAsByteArrayAsync(Token);
    }

    private async Task<JsonElement> EndedAsync(string token, string taskType, string parameters)
    {
        var created = await (await system.Tasks.SendAsync(HttpMethod.Post, $"{Base}/tasks", token, new { taskType, parameters = JsonElement.Parse(parameters) })).JsonAsync(HttpStatusCode.Created);
        var id = created.GetProperty("task").GetProperty("taskId").GetInt64();
        return await Eventually.Get(
            async () => (await (await system.Tasks.SendAsync(HttpMethod.Get, $"{Base}/tasks/{id}", token)).JsonAsync()).GetProperty("task"),
            task => task.GetProperty("status").GetString() is "completed" or "failed" or "cancelled",
            $"task {id} ends");
    }
}
