using System.Net;
using System.Text;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Tests.Gateway;
using Airliner.Tasks.V1;
using Airliner.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Airliner.Tasks.Tests.Workers;

/// <summary>Whose task is next at a worker outside, by the bare protocol. It can have all the slots of its type at once, so fair is the order in which they are given out.</summary>
[Collection(SystemCollection.Name)]
public sealed class WorkerFairnessTests(RunningSystem system) : IAsyncLifetime
{
    private const int Batch = 1000;

    private readonly string _type = StreamWorker.NewType();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Database => system.Silo.GetRequiredKeyedService<NpgsqlDataSource>(TasksStorage.Service);

    public async ValueTask InitializeAsync()
    {
        // Tasks can be of its type as long as that is known, also while it is gone.
        using var first = await StreamWorker.RegisterAsync(system, _type, _type);
        await first.CompleteAsync();
    }

    /// <summary>Takes away what no worker will ever do.</summary>
    public async ValueTask DisposeAsync()
    {
        await using var clear = Database.CreateCommand("delete from tasks where task_type = $1");
        clear.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _type });
        await clear.ExecuteNonQueryAsync(Token);
    }

    [Fact]
    public async Task A_user_with_twenty_thousand_tasks_does_not_delay_another_s_first_at_a_worker()
    {
        const int Capacity = 10;
        var (flooder, newcomer) = (await system.NewUserAsync(), await system.NewUserAsync());
        await FloodAsync(flooder, 20 * Batch, Priorities.Medium);
        using var worker = await StreamWorker.RegisterAsync(system, _type, _type, Capacity);
        var held = new Queue<Lease>();
        for (var i = 0; i < Capacity; i++)
            held.Enqueue(await worker.LeaseAsync());
        Assert.All(held, lease => Assert.Equal(flooder.UserId, lease.UserId));

        var first = await system.CreateTaskAsync(newcomer, _type);
        // One round of what it can hold, and not the twenty thousand that have waited for longer.
        var given = new List<long>();
        while (given.Count < Capacity && !given.Contains(first))
            given.Add((await NextAsync(worker, held.Dequeue())).Lease_.TaskId);
        Assert.Contains(first, given);
    }

    [Fact]
    public async Task A_low_task_that_has_waited_an_hour_has_its_turn_at_a_worker_that_a_flood_of_critical_ones_keeps_busy()
    {
        var (flooder, patient, witness) = (await system.NewUserAsync(), await system.NewUserAsync(), await system.NewUserAsync());
        await FloodAsync(flooder, 3 * Batch, Priorities.Critical);
        using var worker = await StreamWorker.RegisterAsync(system, _type, _type, capacity: 1);
        var lease = await worker.LeaseAsync();

        // Of one commit, so that the queue finds both in one reading: who comes next after the one is told at once whether the other waits on.
        await InsertAsync((patient, Priorities.Low, -61), (witness, Priorities.Critical, 0));
        var awaited = new HashSet<long> { patient.UserId, witness.UserId };
        while (!awaited.Remove(lease.UserId))
            lease = await NextAsync(worker, lease);
        var users = new List<long>();
        while (users.Count < 3)
            users.Add((lease = await NextAsync(worker, lease)).UserId);

        Assert.Contains(awaited.Single(), users);
        Assert.Contains(flooder.UserId, users);
    }

    /// <summary>Says that the lease's task is done, and reads up to the lease that comes for it.</summary>
    private static async Task<Lease> NextAsync(StreamWorker worker, Lease done)
    {
        await worker.SendAsync(new() { Complete = new() { Lease = done.Lease_ } });
        while (true)
        {
            if ((await worker.ReadAsync()).Lease is { } next)
                return next;
        }
    }

    private async Task FloodAsync(Account user, int tasks, string priority)
    {
        var body = $$"""{"tasks": [{{string.Join(", ", Enumerable.Repeat($$"""{"taskType": "{{_type}}", "priority": "{{priority}}"}""", Batch))}}]}""";
        for (var made = 0; made < tasks; made += Batch)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/eventstreammonitor/tasks/batch")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
                Headers = { Authorization = new("Bearer", user.AccessToken) },
            };
            using var answer = await system.Tasks.Http.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.MultiStatus, answer.StatusCode);
        }
    }

    /// <summary>Inserts tasks as if they had been due so long, under ids that no task of another test comes to. No queue hears of them.</summary>
    private async Task InsertAsync(params (Account User, string Priority, int DueMinutes)[] tasks)
    {
        await using var insert = Database.CreateCommand(
            """
            insert into tasks (id, version, event_sequence, command_id, reference, task_type, user_id, priority, status, progress, parameters, attempts, max_attempts,
                timeout_seconds, due_at, queue_order, lease_owner, created_at, updated_at)
            select 2000000000000000 + user_id, 1, 1, $1 || user_id, 'TASK', $1, user_id, priority, 'pending', 0, '{}', 0, 3, 60, now() + due, now() + due - boost, '', now(), now()
            from unnest($2::bigint[], $3::text[], $4::interval[], $5::interval[]) as task (user_id, priority, due, boost)
            """);
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _type });
        insert.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. tasks.Select(task => task.User.UserId)] });
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. tasks.Select(task => task.Priority)] });
        insert.Parameters.Add(new NpgsqlParameter<TimeSpan[]> { TypedValue = [.. tasks.Select(task => TimeSpan.FromMinutes(task.DueMinutes))] });
        insert.Parameters.Add(new NpgsqlParameter<TimeSpan[]> { TypedValue = [.. tasks.Select(task => Priorities.Boost(task.Priority))] });
        await insert.ExecuteNonQueryAsync(Token);
    }
}
