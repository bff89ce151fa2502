using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Running;

/// <summary>What becomes of a user's tasks and files when the user was deleted.</summary>
public sealed class ErasureTests(PostgresServer server)
{
    [Fact]
    public async Task Of_tasks_the_ids_and_statuses_stay_and_what_waits_is_cancelled()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var ended = await CreateAsync(silos, TaskSilos.Owner);
        await silos.EndAsync(ended);
        var later = await CreateAsync(silos, TaskSilos.Owner, TimeProvider.System.GetUtcNow().AddDays(1));
        var others = await CreateAsync(silos, TaskSilos.Owner + 1);
        await silos.EndAsync(others);

        await EraseAsync(silos);
        await EraseAsync(silos);

        Assert.Equal((TaskStatuses.Completed, "{}", null, null), What(await silos.ViewAsync(ended)));
        Assert.Equal((TaskStatuses.Cancelled, "{}", null, null), What(await silos.ViewAsync(later)));
        Assert.Equal((TaskStatuses.Completed, """{"secret": 1}""", """{"done": 1.0}""", null), What(await silos.ViewAsync(others)));
        Assert.Single(silos.EventsOf(later), raised => raised.Type == "task_cancelled");
    }

    [Fact]
    public async Task A_task_that_runs_is_stopped_and_what_it_saves_then_is_not_kept()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var (saved, erased) = (new TaskCompletionSource(), new TaskCompletionSource());
        silos.Script.Run = async (execution, _) =>
        {
            await execution.SaveFileAsync("before.csv", "text/csv", (file, stop) => file.WriteAsync(new byte[10], stop).AsTask(), CancellationToken.None);
            saved.SetResult();
            await erased.Task;
            await execution.SaveFileAsync("after.csv", "text/csv", (file, stop) => file.WriteAsync(new byte[10], stop).AsTask(), CancellationToken.None);
        };
        var id = await CreateAsync(silos, TaskSilos.Owner);
        var begun = await silos.Script.NextAsync();
        await saved.Task;
        Assert.Single(silos.Stored);

        await EraseAsync(silos);
        Assert.Equal((TaskStatuses.Cancelling, "{}", null, null), What(await silos.ViewAsync(id)));
        erased.SetResult();

        Assert.Equal((TaskStatuses.Cancelled, "{}", null, null), What(await silos.EndAsync(id)));
        Assert.True(begun.Stop.IsCancellationRequested);
        Assert.Empty(silos.Stored);
        Assert.Equal("""{"tasks":[""", (await Data(silos).Export(TaskSilos.Owner))[..10]);
        Assert.Contains(""","files":[]""", await Data(silos).Export(TaskSilos.Owner), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_new_is_kept_of_an_erased_user()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        await EraseAsync(silos);

        var task = await Assert.ThrowsAsync<RecordRejectedException>(() => CreateAsync(silos, TaskSilos.Owner));
        var file = await Assert.ThrowsAsync<RecordRejectedException>(
            () => silos.Grains.GetGrain<IFileGrain>(2000).Create(new CreateFile("command", TaskSilos.Owner, "a.csv", 0, "text/csv", "")));

        Assert.Equal((PersonalDataSources.ErasedUser, PersonalDataSources.ErasedUser), (task.Constraint, file.Constraint));
        await silos.EndAsync(await CreateAsync(silos, TaskSilos.Owner + 1));
    }

    [Fact]
    public async Task Of_tasks_that_are_made_while_the_user_is_erased_none_keeps_what_is_in_it()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var creates = Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await CreateAsync(silos, TaskSilos.Owner);
            }
            catch (RecordRejectedException refused) when (refused.Constraint == PersonalDataSources.ErasedUser)
            {
                return 0;
            }
        })).ToArray();

        await creates[0];
        await EraseAsync(silos);

        var made = (await Task.WhenAll(creates)).Where(id => id > 0).ToArray();
        Assert.NotEmpty(made);
        Assert.All(await Task.WhenAll(made.Select(silos.ViewAsync)), task => Assert.Equal(("{}", null), (task.Parameters, task.Result)));
    }

    private static (string Status, string Parameters, string? Result, string? Error) What(TaskView task) => (task.Status, task.Parameters, task.Result, task.ErrorMessage);

    private static ITasksPersonalData Data(TaskSilos silos) => silos.Grains.GetGrain<ITasksPersonalData>(0);

    private static Task EraseAsync(TaskSilos silos) => Data(silos).Erase(TaskSilos.Owner);

    private static async Task<long> CreateAsync(TaskSilos silos, long userId, DateTimeOffset? runAt = null)
    {
        var id = silos.NextId();
        await silos.Create(id, new CreateTask($"command-{id}", userId, TaskSilos.Type, Priorities.Medium, """{"secret": 1}""", runAt));
        return id;
    }
}
