using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Airliner.EndToEnd.Tests.Embedded;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Erasure;

/// <summary>A user gives all that the system takes, and is deleted.</summary>
public sealed class ErasureTests(EmbeddedHost host) : EmbeddedTest(host)
{
    private const string Users = $"{AirlinerClient.Airliner}/users";
    private const string Tasks = $"{AirlinerClient.Monitor}/tasks";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_of_a_deleted_user_is_left_anywhere(bool crash)
    {
        await Host.UpAsync();
        var person = new Person();
        var userId = await LiveAsync(person);
        var before = await Remains.FindAsync(Host, person.All);
        Assert.All(person.Kept, value => Assert.Contains(before, place => place.StartsWith(value, StringComparison.Ordinal)));

        (await Client.SendAsync(HttpMethod.Delete, Client.Users, $"{Users}/{userId}")).Expect(204);
        if (crash)
        {
            await Host.KillAsync();
            await Host.UpAsync();
        }

        await Eventually.Get(
            async () => string.Join("\n", await Remains.FindAsync(Host, person.All)), found => found.Length == 0, Patience, "nothing of the user is left");
        await Eventually.Get(
            () => Client.GetAsync(Client.Users, $"{Users}/{userId}"), answer => answer.Status == 401, Patience, "the user's token is good no more");
        await TombstoneAsync(userId);
    }

    /// <summary>What an administrator finds afterwards, in each service: ids and statuses.</summary>
    private async Task TombstoneAsync(long userId)
    {
        using var admin = Host.Client();
        var lines = await File.ReadAllLinesAsync(Path.Combine(Host.Data, "admin-password"), TestContext.Current.CancellationToken);
        await admin.LogInAsync(lines[0], lines[1]);

        Assert.Equal($$$"""{"user":{"userId":{{{userId}}},"status":"deleted"}}""", (await admin.GetAsync(admin.Users, $"{Users}/{userId}")).Expect(200).Text);
        var tasks = (await admin.GetAsync(admin.Tasks, $"{Tasks}?userId={userId}")).Expect(200)["tasks"].EnumerateArray().ToArray();
        Assert.Equal(3, tasks.Length);
        Assert.All(tasks, task => Assert.Equal(("{}", JsonValueKind.Null), (task.GetProperty("parameters").GetRawText(), task.GetProperty("result").ValueKind)));
        Assert.Contains(tasks, task => task.GetProperty("status").GetString() == "cancelled");
        var notifications = (await admin.GetAsync(admin.Notifications, $"{AirlinerClient.Airliner}/notifications?userId={userId}&limit=200")).Expect(200)["notifications"];
        Assert.Contains(notifications.EnumerateArray(), one => one.GetProperty("eventType").GetString() == "user_registered");
        Assert.All(notifications.EnumerateArray(), one => Assert.NotEqual("pending", one.GetProperty("status").GetString()));
    }

    /// <summary>Registers, logs in, changes things, and works.</summary>
    private async Task<long> LiveAsync(Person person)
    {
        Client.CallAs(person.UserAgent);
        var registered = await Client.PostAsync(Client.Users, $"{AirlinerClient.Airliner}/registerUser", new
        {
            username = person.Username,
            email = person.Email,
            password = person.Password,
            firstName = person.FirstName,
            lastName = person.LastName,
            dateOfBirth = person.DateOfBirth,
        });
        var userId = registered.Expect(201)["user"].GetProperty("userId").GetInt64();
        (await Client.PostAsync(Client.Auth, $"{AirlinerClient.Airliner}/login", new { username = person.Username, password = person.NewPassword })).Expect(401);
        await Client.LogInAsync(person.Username, person.Password, userId);
        (await Client.SendAsync(HttpMethod.Patch, Client.Users, $"{Users}/{userId}", JsonContent.Create(new { firstName = person.NewFirstName }))).Expect(200);
        (await Client.SendAsync(
            HttpMethod.Put, Client.Users, $"{Users}/{userId}/password", JsonContent.Create(new { oldPassword = person.Password, newPassword = person.NewPassword }))).Expect(204);
        await Client.LogInAsync(person.Username, person.NewPassword, userId);
        await WorkAsync(person);
        await Client.SentAsync("user_registered", "email");
        await Client.SentAsync("user_password_changed", "email");
        await Client.SentAsync("task_failed", "inapp");
        return userId;
    }

    /// <summary>Uploads a file and makes tasks: one that ends with a file, one that fails, and one that is for later.</summary>
    private async Task WorkAsync(Person person)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"name,size\n{person.Cell},1\n"));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"\"{person.FileName}\"" };
        var fileId = (await Client.SendAsync(HttpMethod.Post, Client.Tasks, $"{AirlinerClient.Monitor}/files", content)).Expect(201)["file"].GetProperty("fileId").GetInt64();

        Assert.Equal("completed", await RunAsync(new { source = new { fileId }, where = new[] { new { column = "name", op = "ne", value = person.Parameter } } }));
        Assert.Equal("failed", await RunAsync(new { source = new { fileId }, select = new[] { person.WrongParameter } }));
        var later = new { taskType = "data_processing", parameters = new { source = new { csv = person.LaterParameter } }, runAt = "2999-01-01T00:00:00Z" };
        (await Client.PostAsync(Client.Tasks, Tasks, later)).Expect(201);
    }

    private async Task<string?> RunAsync(object parameters)
    {
        var created = (await Client.PostAsync(Client.Tasks, Tasks, new { taskType = "data_processing", parameters })).Expect(201);
        return (await Client.EndedAsync(created["task"].GetProperty("taskId").GetInt64())).GetProperty("status").GetString();
    }
}
