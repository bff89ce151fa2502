using Airliner.Tasks.Tests.Doubles;
using Airliner.Testing;
using Xunit;

namespace Airliner.Tasks.Tests.Storage;

/// <summary>
/// Many tasks whose values are far from even: half of them are one user's; the pending and the critical ones are the oldest; one type is a thousandth. One is
/// made every ten seconds.
/// </summary>
public sealed class ManyTasks(PostgresServer server) : IAsyncLifetime
{
    public const int Count = 200_000;

    private const string Seed = """
        insert into tasks (id, version, event_sequence, command_id, reference, task_type, user_id, priority, status, progress, parameters, attempts, max_attempts,
            timeout_seconds, due_at, queue_order, lease_owner, created_at, updated_at)
        select 1000 + i, 1, 1, 'c' || i, 'TASK', case when i % 1000 = 7 then 'rare' when i % 100 < 80 then 'common' else 'other' end,
            case when i % 2 = 0 then 1001 when i % 1000 = 3 then 1003 else 2000 + i % 500 end,
            case when i < 3000 then 'critical' when i % 10 = 0 then 'low' when i % 50 = 1 then 'high' else 'medium' end,
            case when i < 1500 then 'pending' when i % 400 = 5 then 'failed' when i % 999 = 0 then 'cancelled' else 'completed' end,
            0, '{}', 0, 3, 60, now(), now(), '', timestamptz '2026-01-01' + i * interval '10 seconds', now()
        from generate_series(0, 199999) as i
        """;

    internal TasksDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await TasksDatabase.CreateAsync(server);
        await Database.SeedAsync(Seed);
        await Database.ExecuteAsync("analyze tasks");
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
