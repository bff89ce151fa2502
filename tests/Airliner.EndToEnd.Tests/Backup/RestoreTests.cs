using System.Text.Json;
using Airliner.EndToEnd.Tests.Embedded;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Backup;

/// <summary>A system that was backed up in the middle of its work, lost, and restored into an empty one with an empty broker.</summary>
public sealed class RestoreTests(EmbeddedHost host) : BackupTest(host)
{
    private const int Creators = 3;

    [Fact]
    public async Task Who_was_there_logs_in_tasks_go_on_and_each_event_is_told_of_once()
    {
        await Host.UpAsync();
        var user = await Client.RegisterAndLogInAsync();
        await Client.SentAsync("user_registered", "email");
        await Client.SentAsync("user_email_verification_requested", "email");
        var fileId = await Client.UploadAsync(BigCsv.Rows(200_000, seed: 44));
        var file = (await Client.GetAsync(Client.Tasks, $"{AirlinerClient.Monitor}/files/{fileId}")).Expect(200).Text;
        var big = TaskId(await Client.CreateTaskAsync(fileId, BigCsv.Sort));

        var (before, all) = await BackUpAmongCreatesAsync();
        Assert.Equal(0, await Host.Process.StopAsync());
        await using var restored = new EmbeddedHost();
        var said = await SucceedAsync(["restore", Backup, "--data", restored.Data]);
        await restored.UpAsync();

        Assert.Matches(@"(?m)^users: \d+ rows in \d+ chains: whole$", said);
        Assert.Matches(@"(?m)^auth: \d+ rows in \d+ chains: whole$", said);
        using var client = restored.Client();
        await client.LogInAsync(user);
        foreach (var task in before.Prepend(big))
            Assert.Equal("completed", (await client.EndedAsync(task)).GetProperty("status").GetString());
        Assert.Equal(file, (await client.GetAsync(client.Tasks, $"{AirlinerClient.Monitor}/files/{fileId}")).Expect(200).Text);
        await ToldOnceAsync(client, await TasksAsync(client));
        // What the mails say was said before the backup.
        Assert.Empty(await Mails.SubjectsAsync(restored.MailFolder, user.Email));
        await OnlyNewsInTheInboxAsync(client, all.Append(big).Max());
    }

    /// <summary>Creates tasks until the backup is made.</summary>
    /// <returns>Those that were acknowledged before it began, and all.</returns>
    private async Task<(List<long> Before, List<long> All)> BackUpAmongCreatesAsync()
    {
        using var stop = new CancellationTokenSource();
        var all = new List<long>();
        var enough = new TaskCompletionSource();
        var creating = Task.WhenAll(Enumerable.Range(0, Creators).Select(_ => CreateAsync()));
        await enough.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        List<long> before;
        lock (all)
            before = [.. all];

        await SucceedAsync(["backup", Backup, "--data", Host.Data]);

        await stop.CancelAsync();
        await creating;
        Assert.True(all.Count > before.Count, "Nothing was created while the backup was made.");
        return (before, all);

        async Task CreateAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var id = TaskId(await Client.CreateTaskAsync());
                lock (all)
                {
                    all.Add(id);
                    if (all.Count == 10 * Creators)
                        enough.TrySetResult();
                }
            }
        }
    }

    /// <summary>The references of the user's tasks, of which all come to their end.</summary>
    private static async Task<List<string>> TasksAsync(AirlinerClient client)
    {
        var tasks = new List<JsonElement>();
        for (var cursor = ""; ;)
        {
            var page = (await client.GetAsync(client.Tasks, $"{AirlinerClient.Monitor}/tasks?limit=200{cursor}")).Expect(200);
            tasks.AddRange(page["tasks"].EnumerateArray());
            if (!page["pagination"].GetProperty("hasMore").GetBoolean())
                break;
            cursor = $"&cursor={page["pagination"].GetProperty("nextCursor").GetString()}";
        }

        foreach (var task in tasks)
            await client.EndedAsync(task.GetProperty("taskId").GetInt64());
        return tasks.ConvertAll(task => task.GetProperty("taskReference").GetString()!);
    }

    /// <summary>Of each task there is one notification that it was made and one that it has ended, and no event has two.</summary>
    /// <remarks>The databases are saved some milliseconds apart: there may be a notification of a task that is not there.</remarks>
    private static async Task ToldOnceAsync(AirlinerClient client, List<string> tasks)
    {
        foreach (var type in new[] { "task_created", "task_completed" })
        {
            var found = await Eventually.Get(
                () => client.NotificationsAsync($"&eventType={type}"),
                all => tasks.Except(all.Select(TaskOf)).ToArray() is [],
                Patience,
                $"{type} is told of {tasks.Count} tasks");
            Assert.Equal(found.Count, found.Select(one => one.GetProperty("eventId").GetString()).Distinct().Count());
            Assert.Equal(found.Count, found.Select(TaskOf).Distinct().Count());
        }
    }

    private static async Task OnlyNewsInTheInboxAsync(AirlinerClient client, long lastId)
    {
        using var close = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var old = (await client.NotificationsAsync()).Select(one => one.GetProperty("eventId").GetString()!).ToHashSet();
        var inbox = client.WatchInbox();
        var watching = inbox.RunAsync(close.Token);
        await await Task.WhenAny(watching, inbox.Opened);

        var task = TaskId(await client.CreateTaskAsync());

        await Eventually.True(() => Task.FromResult(inbox.Entries.Count >= 2), Patience, "the inbox shows what comes");
        Assert.True(task > lastId, $"Task {task} has an id that was given out before: {lastId} was.");
        Assert.DoesNotContain(inbox.Entries, old.Contains);
        await close.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static long TaskId(Answer created) => created.Expect(201)["task"].GetProperty("taskId").GetInt64();

    /// <summary>The subject is "Task REFERENCE was ...".</summary>
    private static string TaskOf(JsonElement notification) => notification.GetProperty("subject").GetString()!.Split(' ')[1];
}
