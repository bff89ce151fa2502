using System.Text.Json;
using Airliner.Contracts.PersonalData;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.History;

/// <summary>What becomes of the history of a user's tasks when the user asks for it, or was deleted.</summary>
public sealed class HistoryErasureTests(PostgresServer server)
{
    private const string Secret = "no column 'diagnosis'";

    [Fact]
    public async Task An_export_has_the_history_of_every_task_of_the_user_alone()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, _) => throw new TaskInputException(Secret);
        var (one, two) = (await silos.CreateAsync(), await silos.CreateAsync());
        await silos.EndAsync(one);
        await silos.EndAsync(two);

        var events = JsonElement.Parse(await Data(silos).Export(TaskSilos.Owner)).GetProperty("taskEvents").EnumerateArray().ToArray();

        Assert.Equal(
            [(one, "task_created"), (one, "task_started"), (one, "task_failed"), (two, "task_created"), (two, "task_started"), (two, "task_failed")],
            events.Select(one => (one.GetProperty("taskId").GetInt64(), one.GetProperty("eventType").GetString())));
        Assert.Equal(Secret, events[2].GetProperty("errorMessage").GetString());
        Assert.Equal(0, JsonElement.Parse(await Data(silos).Export(TaskSilos.Owner + 1)).GetProperty("taskEvents").GetArrayLength());
    }

    [Fact]
    public async Task An_erasure_leaves_nothing_of_the_history_but_what_ends_a_task_that_runs()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        silos.Script.Run = (_, _) => throw new TaskInputException(Secret);
        var ended = await silos.CreateAsync();
        await silos.EndAsync(ended);
        var mayEnd = new TaskCompletionSource();
        silos.Script.Run = (_, _) => mayEnd.Task;
        var running = await silos.CreateAsync();
        await silos.RaisedAsync(running, "task_started");
        var others = silos.NextId();
        await silos.Create(others, new CreateTask($"command-{others}", TaskSilos.Owner + 1, TaskSilos.Type, Priorities.Medium, "{}", TimeProvider.System.GetUtcNow().AddDays(1)));

        await Data(silos).Erase(TaskSilos.Owner);
        await Data(silos).Erase(TaskSilos.Owner);
        mayEnd.SetResult();
        await silos.EndAsync(running);

        Assert.Equal([(running, "task_cancelled"), (others, "task_created")], await HistoryAsync(silos));
    }

    [Fact]
    public async Task What_tasks_write_while_their_user_is_erased_is_not_kept()
    {
        await using var silos = await TaskSilos.StartAsync(server);
        var mayFail = new TaskCompletionSource();
        silos.Script.Run = async (_, stop) =>
        {
            await mayFail.Task.WaitAsync(stop);
            throw new TaskInputException(Secret);
        };
        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => silos.CreateAsync()));
        // Any: those that were made at once start in any order, and not all of them have a place.
        await silos.Relay.WaitForAsync(raised => raised.Type == "task_started", TestContext.Current.CancellationToken);
        var more = Task.WhenAll(ids.Select(id => silos.RaisedAsync(id, "task_failed", "task_cancelled")));

        mayFail.SetResult();
        await Data(silos).Erase(TaskSilos.Owner);
        await more;

        Assert.All(await HistoryAsync(silos), fact => Assert.Equal("task_cancelled", fact.Type));
    }

    private static ITasksPersonalData Data(TaskSilos silos) => silos.Grains.GetGrain<ITasksPersonalData>(0);

    private static async Task<List<(long TaskId, string Type)>> HistoryAsync(TaskSilos silos)
    {
        await using NpgsqlCommand command = silos.Database.Source.CreateCommand("select id, event ->> 'eventType' from task_history order by id, sequence");
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var facts = new List<(long, string)>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            facts.Add((reader.GetInt64(0), reader.GetString(1)));
        return facts;
    }
}
