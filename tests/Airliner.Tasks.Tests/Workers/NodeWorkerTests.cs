using Airliner.Tasks.Tests.Gateway;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>A worker in another language, made from the <c>.proto</c> alone.</summary>
[Collection(SystemCollection.Name)]
public sealed class NodeWorkerTests(RunningSystem system)
{
    /// <summary>Its leases hold five seconds: see <see cref="RunningSystem"/>.</summary>
    private const string Type = "short_lease";

    [Fact]
    public async Task What_a_worker_runs_that_is_killed_goes_to_another_and_its_late_answer_is_refused()
    {
        var packages = await NodePackages.InstallAsync("worker", "@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.8.1");
        var user = await system.NewUserAsync();
        using var first = await NodeWorker.StartAsync(system, packages, "first", Type);
        var done = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => system.CreateTaskAsync(user, Type, new { n })));
        for (var n = 0; n < done.Length; n++)
        {
            var task = await system.EndedTaskAsync(user, done[n]);
            Assert.Equal($$"""{"by":"first","n":{{n}}}""", task.GetProperty("result").GetRawText());
        }

        var hanging = await system.CreateTaskAsync(user, Type, new { n = 7, hang = "first" });
        await system.TaskAsync(user, hanging, task => task.Status() == "processing" && task.GetProperty("progress").GetInt32() == 10);
        first.Kill();
        using var second = await NodeWorker.StartAsync(system, packages, "second", Type);
        var taken = await second.EventAsync("lease");
        var attempt = taken.GetProperty("attempt").GetInt32();
        Assert.Equal($"{hanging}", taken.GetProperty("taskId").GetString());
        Assert.True(attempt > 1);
        var ended = await system.EndedTaskAsync(user, hanging);
        Assert.Equal(("completed", attempt, """{"by":"second","n":7}"""), (ended.Status(), ended.Attempts(), ended.GetProperty("result").GetRawText()));

        using var back = await NodeWorker.StartAsync(system, packages, "first", Type);
        await back.SendLateAnswerAsync(hanging, attempt - 1);
        var refused = await back.EventAsync("refused");
        Assert.Equal(($"{hanging}", attempt - 1), (refused.GetProperty("taskId").GetString(), refused.GetProperty("attempt").GetInt32()));
        Assert.Equal(ended.GetRawText(), (await system.GetTaskAsync(user, hanging)).GetRawText());
    }
}
