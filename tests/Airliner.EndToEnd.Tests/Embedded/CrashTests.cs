using System.Text.Json;
using Airliner.Contracts.Events;
using Airliner.EndToEnd.Tests.Rest;
using Airliner.Testing;

namespace Airliner.EndToEnd.Tests.Embedded;

/// <summary>The whole system killed in the middle of its work, broker and all, and started again on the same data.</summary>
public sealed class CrashTests(EmbeddedHost host) : EmbeddedTest(host)
{
    private const int SmallTasks = 25;

    /// <summary>When the process is killed.</summary>
    public enum Moment
    {
        /// <summary>The last create has just been acknowledged.</summary>
        Acknowledged,

        /// <summary>The big task has reported progress.</summary>
        Processing,

        /// <summary>The first event has had its effect, and others have not.</summary>
        Consuming,
    }

    [Theory]
    [InlineData(Moment.Acknowledged, 11)]
    [InlineData(Moment.Processing, 22)]
    [InlineData(Moment.Consuming, 33)]
    public async Task What_was_acknowledged_is_done_and_told_of_once_after_a_crash(Moment moment, int seed)
    {
        await Host.UpAsync();
        var user = await Client.RegisterAndLogInAsync();
        var fileId = await Client.UploadAsync(BigCsv.Rows(400_000, seed));
        var creates = Enumerable.Range(0, SmallTasks).Select(_ => Client.CreateTaskAsync()).Prepend(Client.CreateTaskAsync(fileId, BigCsv.Sort));
        var tasks = (await Task.WhenAll(creates)).Select(answer => answer.Expect(201)["task"].GetProperty("taskId").GetInt64()).ToArray();
        await WaitForAsync(moment, tasks[0]);
        var postgres = Host.PostgresId;

        await Host.KillAsync();
        await Host.UpAsync();

        Assert.Equal(postgres, Host.PostgresId);
        await Client.LogInAsync(user);
        foreach (var task in tasks)
            Assert.Equal("completed", (await Client.EndedAsync(task)).GetProperty("status").GetString());
        await ToldOnceAsync(user, tasks);
        await InOrderAsync(tasks);
    }

    private Task WaitForAsync(Moment moment, long bigTask) => moment switch
    {
        Moment.Processing => Eventually.Get(
            () => Client.GetTaskAsync(bigTask),
            answer => answer["task"].GetProperty("progress").GetInt32() > 0 || answer["task"].GetProperty("status").GetString() == "completed",
            Patience,
            "the big task has made progress"),
        Moment.Consuming => Eventually.Get(
            () => Client.NotificationsAsync("&eventType=task_created"), found => found.Count > 0, Patience, "an event has had its effect"),
        _ => Task.CompletedTask,
    };

    /// <summary>Each event of the contract's table has its notification, none has two, and the welcome mail went out once.</summary>
    private async Task ToldOnceAsync(TestUser user, long[] tasks)
    {
        string[] types = ["task_created", "task_completed"];
        string[] ofUser = ["user_registered", "user_email_verification_requested"];
        var expected = (types.Length * tasks.Length) + ofUser.Length;
        var found = await Eventually.Get(
            () => Client.NotificationsAsync(), all => all.Count >= expected && all.All(IsSent), Patience, $"{expected} notifications are sent");

        Assert.Equal(expected, found.Count);
        Assert.All(types, type => Assert.Equal(tasks.Length, found.Count(one => TypeOf(one) == type)));
        Assert.Equal(expected, found.Select(one => $"{one.GetProperty("eventId")} {one.GetProperty("channel")}").Distinct().Count());
        Assert.All(ofUser, type => Assert.Single(found, one => TypeOf(one) == type));
        Assert.Single(await Mails.SubjectsAsync(Host.MailFolder, user.Email), Mails.IsWelcome);
    }

    /// <summary>A consumer from outside, which ignores a sequence that is not above the last, misses none of what was published again.</summary>
    /// <remarks>The broker forgot what it had: of a task whose events had all had their effect before the crash nothing is published again.</remarks>
    private async Task InOrderAsync(long[] tasks)
    {
        using var kafka = new KafkaReader(Host.Brokers, Topics.Tasks);
        var big = $"{tasks[0]}";
        await kafka.UntilAsync(
            seen => seen.Where(one => one.Type == "task_completed").Select(one => one.Key).ToHashSet() is var ended && ended.Contains(big)
                && seen.TrueForAll(one => ended.Contains(one.Key)),
            Patience,
            "the end of the big task, and of every other of which there is anything");
        foreach (var events in kafka.Seen.Where(one => tasks.Contains(long.Parse(one.Key))).GroupBy(one => one.Key))
        {
            var last = 0L;
            foreach (var one in events.Where(one => last == 0 || one.Sequence > last))
            {
                Assert.True(last == 0 || one.Sequence == last + 1, $"{one} follows {last}: {string.Join(", ", events)}");
                last = one.Sequence;
            }

            Assert.Single(events.Where(one => one.Type == "task_completed").Select(one => one.Id).Distinct());
        }
    }

    private static bool IsSent(JsonElement notification) => notification.GetProperty("status").GetString() == "sent";

    private static string? TypeOf(JsonElement notification) => notification.GetProperty("eventType").GetString();
}
