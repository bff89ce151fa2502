using Airliner.Auth.Grains;
using Airliner.Auth.Silo;
using Airliner.Auth.Silo.Storage;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace Airliner.Auth.Tests.Guard;

public sealed class LoginGuardTableTests(RunningSystem system) : IAsyncLifetime
{
    private static readonly DateTimeOffset _now = new(2025, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero);

    private NpgsqlDataSource _database = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await system.Postgres.CreateServiceDatabaseAsync(typeof(AuthModule).Assembly);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_guard_is_read_as_it_was_written()
    {
        await using var storage = Storage();
        var guard = new LoginGuardState().Failed(null, "home", _now);
        for (var i = 0; i < 5; i++)
            guard = guard.Failed(null, "elsewhere", _now.AddSeconds(i));
        guard = guard.Succeeded("phone", _now.AddMinutes(1))!;
        await storage.InsertNewAsync([new("n1", guard)], Token);

        var read = (await storage.FindAsync("n1"))!;

        Assert.Equal(guard.Sources.AsEnumerable(), read.Sources);
        Assert.Equal(guard, read with { Sources = guard.Sources });
    }

    [Fact]
    public async Task What_has_expired_is_swept_unless_its_events_are_counted_on()
    {
        await using var storage = Storage();
        await storage.InsertNewAsync(
            [
                new("n1", new LoginGuardState { ExpiresAt = _now.AddSeconds(-1) }),
                new("n2", new LoginGuardState { ExpiresAt = _now.AddSeconds(1) }),
                new("u1000", new LoginGuardState { ExpiresAt = _now.AddSeconds(-1), EventSequence = 3 }),
                new("u1001", new LoginGuardState { ExpiresAt = _now.AddSeconds(-1) }),
            ],
            Token);
        using var sweep = new LoginGuardSweep(_database, new FakeTimeProvider(_now), NullLogger<LoginGuardSweep>.Instance);

        Assert.Equal(2, await sweep.SweepAsync(Token));

        await using var command = _database.CreateCommand("select string_agg(id, ',' order by id) from login_guards");
        Assert.Equal("n2,u1000", await command.ExecuteScalarAsync(Token));
    }

    private RecordStorage<string, LoginGuardState> Storage()
    {
        var storage = new RecordStorage<string, LoginGuardState>(AuthTables.LoginGuards, _database, new RecordingRelay(), new RecordOptions());
        storage.Start();
        return storage;
    }
}
