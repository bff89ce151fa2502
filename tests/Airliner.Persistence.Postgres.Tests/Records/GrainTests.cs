using Airliner.Contracts.Records;
using Airliner.Persistence.Postgres.Records;
using Airliner.Testing;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

public sealed class GrainTests(PostgresServer server)
{
    [Fact]
    public async Task A_refused_write_restores_the_state_in_memory_and_keeps_the_activation()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var cluster = await SampleCluster.StartAsync(database);
        await cluster.Sample(1).Count("taken").Within("the first write");
        var before = await cluster.Sample(2).Count("mine").Within("the second write");

        var refused = await Assert.ThrowsAsync<UniqueViolationException>(() => cluster.Sample(2).Count("TAKEN").Within("the refusal"));
        Assert.Equal("samples_name_key", refused.Constraint);
        await Assert.ThrowsAsync<RecordRejectedException>(() => cluster.Sample(2).Count("a\0b").Within("the refusal"));

        Assert.Equal(before, await cluster.Sample(2).Get().Within("the state"));
        var after = await cluster.Sample(2).Count("mine").Within("the next write");
        Assert.Equal((before.Activation, 2), (after.Activation, after.Count));
        Assert.Equal([1, 2], cluster.Relay.SequencesOf("samples/2"));
    }

    [Fact]
    public async Task An_activation_whose_row_was_changed_ends_and_the_next_reads_it_again()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var cluster = await SampleCluster.StartAsync(database);
        var before = await cluster.Sample(1).Count("here").Within("the first write");
        var elsewhere = await database.StartSilo("elsewhere").Of(1).ReadAsync();
        await elsewhere.WriteAsync(elsewhere.Record.Next() with { Name = "elsewhere" });

        await Assert.ThrowsAsync<InconsistentStateException>(() => cluster.Sample(1).Count("here").Within("the refusal"));

        var after = await cluster.Sample(1).Get().Within("the state");
        Assert.Equal(("elsewhere", 2), (after.Name, after.Count));
        Assert.NotEqual(before.Activation, after.Activation);
    }

    [Fact]
    public async Task Every_activation_of_a_batch_whose_outcome_is_unknown_ends_and_reads_again()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var cluster = await SampleCluster.StartAsync(database);
        var ids = Enumerable.Range(1, 40).ToArray();
        var before = await Task.WhenAll(ids.Select(id => cluster.Sample(id).Count($"n{id}"))).Within("the first writes");

        Task<Exception?>[] writes;
        await using (await database.BlockSamplesAsync())
        {
            writes = [.. ids.Select(id => ((Task)cluster.Sample(id).Count($"n{id}")).FailureAsync())];
            // Batch after batch: each that waits for the table loses its connection.
            await Eventually.True(
                async () =>
                {
                    await database.TerminateWaitingAsync();
                    return writes.All(write => write.IsCompleted);
                },
                "every write fails");
        }

        Assert.All(await Task.WhenAll(writes), failure => Assert.IsType<InconsistentStateException>(failure));
        var after = await Task.WhenAll(ids.Select(id => cluster.Sample(id).Count($"n{id}"))).Within("the next writes");
        Assert.All(before.Zip(after), pair => Assert.NotEqual(pair.First.Activation, pair.Second.Activation));
        Assert.All(after, view => Assert.Equal(2, view.Count));
    }

    [Fact]
    public async Task A_new_record_is_not_read()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var cluster = await SampleCluster.StartAsync(database);
        Task<SampleView> hinted;
        Task<SampleView> other;
        await using (await database.BlockSamplesAsync())
        {
            using (RecordHints.NewRecord(RecordHints.Subject("samples", 1)))
            {
                hinted = cluster.Sample(1).Get();
                other = cluster.Sample(2).Get();
            }

            Assert.Equal(0, (await hinted.Within("the activation without a read")).Count);
            Assert.False(other.IsCompleted);
        }

        await other.Within("the activation that reads");
    }

    [Fact]
    public async Task A_wrong_hint_fails_as_inconsistent_and_the_retry_without_it_works()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await database.StartSilo("elsewhere").Of(1).WriteAsync(new Sample { Name = "there" }.Next());
        await using var cluster = await SampleCluster.StartAsync(database);

        using (RecordHints.NewRecord(RecordHints.Subject("samples", 1)))
            await Assert.ThrowsAsync<InconsistentStateException>(() => cluster.Sample(1).Count("hinted").Within("the refusal"));
        var retried = await cluster.Sample(1).Count("retried").Within("the retry");

        Assert.Equal(2, retried.Count);
        Assert.Equal([1, 2], cluster.Relay.SequencesOf("samples/1"));
    }

    [Fact]
    public async Task Ids_come_in_blocks_that_do_not_overlap()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var cluster = await SampleCluster.StartAsync(database);

        var blocks = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => cluster.Ids.TakeIdsAsync("samples"))).Within("the blocks");

        Assert.All(blocks, block => Assert.Equal(50, block.Count));
        Assert.Equal(Enumerable.Range(0, 60).Select(i => 1L + (i * 50)), blocks.Select(block => block.First).Order());
    }

    [Fact]
    public async Task Ids_for_many_records_are_ascending_and_no_one_gets_them_twice()
    {
        await using var database = await SampleDatabase.CreateAsync(server);
        await using var cluster = await SampleCluster.StartAsync(database);
        using var ids = new RecordIds(cluster.Ids, "samples");

        var taken = await Task.WhenAll(new[] { 1, 49, 50, 51, 275, 1, 0 }.Select(count => ids.TakeAsync(count, TestContext.Current.CancellationToken))).Within("the ids");

        Assert.Equal([1, 49, 50, 51, 275, 1, 0], taken.Select(some => some.Length));
        Assert.All(taken, some => Assert.Equal(some.Order(), some));
        Assert.Equal(taken.Sum(some => some.Length), taken.SelectMany(some => some).Distinct().Count());
        // A block of 50 that is begun is used up before another is.
        Assert.InRange(taken.SelectMany(some => some).Max(), 1, 450);
    }
}
