using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class OverloadTests(PostgresServer server)
{
    [Fact]
    public async Task A_full_queue_refuses_after_the_timeout_and_nothing_is_half_done()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo(options: Small(TimeSpan.FromMilliseconds(200)));
        var writes = new List<Task>();
        await using (await database.BlockSamplesAsync())
        {
            await FillAsync(database, silo, writes);
            var refused = silo.Of(6).WriteAsync(new Sample { Name = "n6" }.Next());
            Assert.False(refused.IsCompleted);

            await Assert.ThrowsAsync<StorageUnavailableException>(() => refused);
            Assert.All(writes, write => Assert.False(write.IsCompleted));
        }

        await Task.WhenAll(writes);
        Assert.Equal([1, 2, 3, 4, 5], await database.ListAsync<long>("select id from samples order by id"));
        Assert.Equal(5, await database.CountAsync("outbox"));
        Assert.Empty(silo.Relay.SequencesOf("samples/6"));
        await silo.Of(6).WriteAsync(new Sample { Name = "n6" }.Next());
    }

    [Fact]
    public async Task A_full_queue_pushes_back_until_there_is_room()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo(options: Small(Waiting.Bound));
        var writes = new List<Task>();
        await using (await database.BlockSamplesAsync())
        {
            await FillAsync(database, silo, writes);
            for (var id = 6; id <= 10; id++)
                writes.Add(silo.Of(id).WriteAsync(new Sample { Name = $"n{id}" }.Next()));
        }

        await Task.WhenAll(writes);
        Assert.Equal(10, await database.CountAsync("samples"));
        Assert.Equal(10, silo.Relay.Taken.Count);
    }

    [Fact]
    public async Task Disposing_drains_what_was_queued_and_takes_no_more()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        var silo = database.StartSilo();
        var writes = new List<Task>();
        Task disposal;
        await using (await database.BlockSamplesAsync())
        {
            await FillAsync(database, silo, writes);
            disposal = silo.Samples.DisposeAsync().AsTask();
            await Assert.ThrowsAsync<StorageUnavailableException>(() => silo.Of(6).WriteAsync(new Sample { Name = "late" }));
            Assert.False(disposal.IsCompleted);
        }

        await disposal.Within("the store to be drained");
        await Task.WhenAll(writes);
        Assert.Equal(5, await database.CountAsync("samples"));
        Assert.Equal(5, silo.Relay.Taken.Count);
    }

    private static RecordOptions Small(TimeSpan enqueueTimeout) => new() { QueueCapacity = 4, MaxBatch = 2, EnqueueTimeout = enqueueTimeout };

    /// <summary>One write that waits for the table, and four that queue behind it.</summary>
    private static async Task FillAsync(SampleDatabase database, SampleSilo silo, List<Task> writes)
    {
        writes.Add(silo.Of(1).WriteAsync(new Sample { Name = "n1" }.Next()));
        await database.UntilAStatementWaitsAsync();
        for (var id = 2; id <= 5; id++)
            writes.Add(silo.Of(id).WriteAsync(new Sample { Name = $"n{id}" }.Next()));
    }
}
