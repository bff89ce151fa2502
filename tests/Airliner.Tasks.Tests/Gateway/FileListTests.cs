using System.Net;
using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Gateway;

/// <summary>Lists of files, and their deletion.</summary>
[Collection(SystemCollection.Name)]
public sealed class FileListTests(RunningSystem system)
{
    private const string Files = "/api/v1/eventstreammonitor/files";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_s_files_are_listed_newest_first_page_by_page_with_what_they_take()
    {
        var user = await system.NewUserAsync();
        var ids = new[] { await UploadAsync(user), await UploadAsync(user), await UploadAsync(user) };

        var first = await ListAsync(user.AccessToken, "?limit=2");
        Assert.Equal([ids[2], ids[1]], IdsOf(first));
        Assert.True(first.GetProperty("pagination").GetProperty("hasMore").GetBoolean());
        Assert.Equal(3, first.GetProperty("pagination").GetProperty("total").GetInt64());
        var second = await ListAsync(user.AccessToken, $"?limit=2&cursor={first.GetProperty("pagination").GetProperty("nextCursor").GetString()}");
        Assert.Equal([ids[0]], IdsOf(second));

        Assert.Equal((15, 3, 10L << 30), Usage(first));
        var file = second.GetProperty("files")[0];
        Assert.Equal(
            (user.UserId, 5, "application/octet-stream"),
            (file.GetProperty("userId").GetInt64(), file.GetProperty("size").GetInt64(), file.GetProperty("contentType").GetString()));
    }

    [Fact]
    public async Task Everybody_s_files_are_an_administrator_s_to_list_and_nobody_else_s()
    {
        var (owner, other) = (await system.NewUserAsync(), await system.NewUserAsync());
        var id = await UploadAsync(owner);
        var admin = await system.AdminTokenAsync();

        Assert.Equal([id], IdsOf(await ListAsync(admin, $"?userId={owner.UserId}")));
        var all = await ListAsync(admin);
        Assert.Contains(id, IdsOf(all));
        Assert.Equal(JsonValueKind.Null, all.GetProperty("usage").ValueKind);
        Assert.Empty(IdsOf(await ListAsync(other.AccessToken)));
        await (await system.Tasks.SendAsync(HttpMethod.Get, $"{Files}?userId={owner.UserId}", other.AccessToken)).ProblemAsync(HttpStatusCode.Forbidden, "FORBIDDEN");
    }

    [Fact]
    public async Task A_file_that_its_owner_deletes_is_gone_with_its_bytes_and_gives_its_room_back()
    {
        var user = await system.NewUserAsync();
        var (kept, gone) = (await UploadAsync(user), await UploadAsync(user));
        using var deleted = await system.Tasks.SendAsync(HttpMethod.Delete, $"{Files}/{gone}", user.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        await (await system.Tasks.SendAsync(HttpMethod.Get, $"{Files}/{gone}", user.AccessToken)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        await (await system.Tasks.SendAsync(HttpMethod.Delete, $"{Files}/{gone}", user.AccessToken)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        var list = await ListAsync(user.AccessToken);
        Assert.Equal([kept], IdsOf(list));
        Assert.Equal((5, 1, 10L << 30), Usage(list));
        Assert.Equal([$"{kept}"], Directory.GetFiles(FolderOf(user)).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_file_is_deleted_by_its_owner_or_an_administrator_alone()
    {
        var owner = await system.NewUserAsync();
        var path = $"{Files}/{await UploadAsync(owner)}";
        foreach (var token in new[] { (await system.NewUserAsync()).AccessToken, await system.ServiceTokenAsync() })
            await (await system.Tasks.SendAsync(HttpMethod.Delete, path, token)).ProblemAsync(HttpStatusCode.NotFound, "NOT_FOUND");
        using var deleted = await system.Tasks.SendAsync(HttpMethod.Delete, path, await system.AdminTokenAsync());
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    private string FolderOf(Account user) => Path.Combine(system.DataFolder, "files", "users", $"{user.UserId}");

    private async Task<long> UploadAsync(Account user)
    {
        using var content = new ByteArrayContent("12345"u8.ToArray());
        using var request = new HttpRequestMessage(HttpMethod.Post, Files) { Content = content, Headers = { Authorization = new("Bearer", user.AccessToken) } };
        using var answer = await system.Tasks.Http.SendAsync(request, Token);
        return (await answer.JsonAsync(HttpStatusCode.Created)).GetProperty("file").GetProperty("fileId").GetInt64();
    }

    private async Task<JsonElement> ListAsync(string token, string query = "")
    {
        using var answer = await system.Tasks.SendAsync(HttpMethod.Get, $"{Files}{query}", token);
        return await answer.JsonAsync();
    }

    private static IEnumerable<long> IdsOf(JsonElement list) => list.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("fileId").GetInt64());

    private static (long Bytes, long Files, long QuotaBytes) Usage(JsonElement list)
    {
        var usage = list.GetProperty("usage");
        return (usage.GetProperty("bytes").GetInt64(), usage.GetProperty("files").GetInt64(), usage.GetProperty("quotaBytes").GetInt64());
    }
}
