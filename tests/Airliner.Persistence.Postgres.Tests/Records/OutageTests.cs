using System.Diagnostics;
using Airliner.Contracts.Records;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>On a server of its own, since it is stopped and killed.</summary>
public sealed class OutageTests(OutageTests.Server server) : IClassFixture<OutageTests.Server>
{
    private const int Writers = 300;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_acknowledged_is_lost_and_nothing_is_written_twice(bool killed)
    {
        await using var database = await SampleDatabase.CreateAsync(server.Postgres);
        var silos = new[] { database.StartSilo(), database.StartSilo("silo-2") };
        using var ending = new CancellationTokenSource();
        var writers = Enumerable.Range(1, Writers).Select(id => new JournalledWriter(silos[id % 2], id)).ToArray();
        var running = Task.WhenAll(writers.Select(writer => Task.Run(() => writer.RunAsync(ending.Token))));

        await AllProgressAsync(writers, running, "before the outage");
        if (killed)
        {
            await server.Postgres.KillAsync();
            await server.Postgres.StartAsync();
        }
        else
        {
            await server.Postgres.RestartAsync();
        }

        await AllProgressAsync(writers, running, "after the outage");
        await ending.CancelAsync();
        await running.Within("the writers to end");

        foreach (var writer in writers)
            await writer.CheckAsync(database);
        Assert.Equal(await database.CountAsync("outbox"), silos.Sum(silo => silo.Relay.Taken.Count));
    }

    [Fact]
    public async Task While_the_database_is_away_writes_fail_quickly_and_nothing_is_acknowledged()
    {
        await using var database = await SampleDatabase.CreateAsync(server.Postgres);
        var silo = database.StartSilo();
        var entity = silo.Of(1);
        await entity.WriteAsync(new Sample { Name = "there" }.Next());
        await server.Postgres.StopAsync();
        try
        {
            // The connection that was open may die under a write, whose outcome is then not known to the store.
            Assert.NotNull(await entity.WriteAsync(entity.Record.Next()).FailureAsync());

            var started = Stopwatch.GetTimestamp();
            var writes = Enumerable.Range(2, 1000).Select(id => silo.Of(id).WriteAsync(new Sample { Name = $"n{id}" }.Next())).ToArray();
            foreach (var write in writes)
                await Assert.ThrowsAsync<StorageUnavailableException>(() => write);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => silo.Of(1).ReadAsync());
            await Assert.ThrowsAsync<StorageUnavailableException>(entity.ClearAsync);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => silo.Samples.InsertNewAsync([new(2, new Sample { Name = "n2" }.Next())]));
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        }
        finally
        {
            await server.Postgres.StartAsync();
        }

        await entity.ReadAsync();
        await entity.WriteAsync(entity.Record.Next());
        Assert.Equal(1, await database.CountAsync("samples"));
        Assert.Equal([1, 2], await database.EventsAsync("samples/1"));
        Assert.Equal([1, 2], silo.Relay.Taken.Select(e => e.Sequence));
    }

    private static async Task AllProgressAsync(JournalledWriter[] writers, Task running, string when)
    {
        var progress = Task.WhenAll(writers.Select(writer => writer.ProgressAsync(5)));
        await (await Task.WhenAny(progress, running)).Within($"every writer to be acknowledged five times {when}");
    }

    public sealed class Server : IAsyncLifetime
    {
        public PostgresServer Postgres { get; } = new();

        public ValueTask InitializeAsync() => Postgres.InitializeAsync();

        public ValueTask DisposeAsync() => Postgres.DisposeAsync();
    }
}
