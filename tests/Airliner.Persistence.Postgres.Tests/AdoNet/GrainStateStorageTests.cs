using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.AdoNet;

public sealed class GrainStateStorageTests(GrainStateSilo silo) : IClassFixture<GrainStateSilo>
{
    [Fact]
    public async Task What_was_written_is_read_back()
    {
        var id = GrainId.Create("counter", nameof(What_was_written_is_read_back));
        var written = await WriteNewAsync(id, new Counter("ada", 3));

        var read = await ReadAsync(silo.Storage, id);

        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal(new Counter("ada", 3), read.State);
    }

    [Fact]
    public async Task A_state_that_was_never_written_reads_as_new()
    {
        var read = await ReadAsync(silo.Storage, GrainId.Create("counter", nameof(A_state_that_was_never_written_reads_as_new)));

        Assert.False(read.RecordExists);
        Assert.Null(read.ETag);
        Assert.Equal(new Counter(), read.State);
    }

    [Fact]
    public async Task Keys_of_every_kind_have_rows_of_their_own()
    {
        var guid = Guid.NewGuid();
        GrainId[] ids =
        [
            GrainId.Create("counter", "text"),
            GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateIntegerKey(7)),
            GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateIntegerKey(7, "part")),
            GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateGuidKey(guid)),
            GrainId.Create(GrainType.Create("counter"), GrainIdKeyExtensions.CreateGuidKey(guid, "part")),
        ];

        for (var i = 0; i < ids.Length; i++)
            await WriteNewAsync(ids[i], new Counter("kind", i));

        for (var i = 0; i < ids.Length; i++)
            Assert.Equal(i, (await ReadAsync(silo.Storage, ids[i])).State!.Count);
    }

    [Fact]
    public async Task State_is_kept_as_plain_JSON()
    {
        await WriteNewAsync(GrainId.Create("counter", nameof(State_is_kept_as_plain_JSON)), new Counter("ada", 3));

        Assert.Equal("""{"name":"ada","count":3}""", await Sql.ScalarAsync<string>(silo.Database,
            $"select convert_from(payload, 'UTF8') from grain_state where key_text = '{nameof(State_is_kept_as_plain_JSON)}'"));
    }

    [Fact]
    public async Task Of_two_first_writes_at_once_one_wins_and_the_other_is_told()
    {
        for (var round = 0; round < 50; round++)
        {
            var id = GrainId.Create("counter", $"race-{round}");

            var conflicts = await CountConflictsAsync(
                () => silo.Storage.WriteStateAsync("counter", id, NewState(new Counter("left", round))),
                () => silo.Storage.WriteStateAsync("counter", id, NewState(new Counter("right", round))));

            Assert.Equal(1, conflicts);
            Assert.Equal(1, await Sql.ScalarAsync<long>(silo.Database, $"select count(*) from grain_state where key_text = 'race-{round}'"));
            Assert.Equal(round, (await ReadAsync(silo.Storage, id)).State!.Count);
        }
    }

    [Fact]
    public async Task Of_two_writes_of_one_version_at_once_one_wins_and_the_other_is_told()
    {
        var id = GrainId.Create("counter", nameof(Of_two_writes_of_one_version_at_once_one_wins_and_the_other_is_told));
        await WriteNewAsync(id, new Counter("start", 0));
        for (var round = 0; round < 50; round++)
        {
            var left = await ReadAsync(silo.Storage, id);
            var right = await ReadAsync(silo.Storage, id);

            Assert.Equal(1, await CountConflictsAsync(
                () => silo.Storage.WriteStateAsync("counter", id, left),
                () => silo.Storage.WriteStateAsync("counter", id, right)));
        }
    }

    [Fact]
    public async Task A_write_of_a_stale_version_is_refused_and_changes_nothing()
    {
        var id = GrainId.Create("counter", nameof(A_write_of_a_stale_version_is_refused_and_changes_nothing));
        var stale = await WriteNewAsync(id, new Counter("old", 1));
        var current = await ReadAsync(silo.Storage, id);
        current.State = new Counter("new", 2);
        await silo.Storage.WriteStateAsync("counter", id, current);

        stale.State = new Counter("late", 3);
        await Assert.ThrowsAsync<InconsistentStateException>(() => silo.Storage.WriteStateAsync("counter", id, stale));

        Assert.Equal(new Counter("new", 2), (await ReadAsync(silo.Storage, id)).State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clearing_a_stale_version_is_refused_and_changes_nothing(bool deleting)
    {
        var storage = deleting ? silo.Storage : silo.KeepingStorage;
        var id = GrainId.Create("counter", $"stale clear {deleting}");
        var stale = await WriteNewAsync(id, new Counter("old", 1));
        await storage.WriteStateAsync("counter", id, await ReadAsync(storage, id));

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("counter", id, stale));

        Assert.Equal(new Counter("old", 1), (await ReadAsync(storage, id)).State);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_cleared_state_reads_as_new_and_can_be_written_again(bool deleting, long rowsAfterwards)
    {
        var storage = deleting ? silo.Storage : silo.KeepingStorage;
        var id = GrainId.Create("counter", $"clear {deleting}");
        var state = await WriteNewAsync(id, new Counter("ada", 1));

        await storage.ClearStateAsync("counter", id, state);

        Assert.Equal(rowsAfterwards, await Sql.ScalarAsync<long>(silo.Database, $"select count(*) from grain_state where key_text = 'clear {deleting}'"));
        Assert.Equal(new Counter(), (await ReadAsync(storage, id)).State);

        // By the activation that cleared it, which goes on with what the clearing left in its state.
        state.State = new Counter("bob", 2);
        await storage.WriteStateAsync("counter", id, state);
        Assert.Equal(new Counter("bob", 2), (await ReadAsync(storage, id)).State);

        // And by one that reads it anew.
        await storage.ClearStateAsync("counter", id, state);
        var next = await ReadAsync(storage, id);
        next.State = new Counter("eve", 3);
        await storage.WriteStateAsync("counter", id, next);
        Assert.Equal(new Counter("eve", 3), (await ReadAsync(storage, id)).State);
    }

    private static GrainState<Counter> NewState(Counter counter) => new() { State = counter };

    private static async Task<GrainState<Counter>> ReadAsync(IGrainStorage storage, GrainId id)
    {
        var state = new GrainState<Counter>();
        await storage.ReadStateAsync("counter", id, state);
        return state;
    }

    private static async Task<int> CountConflictsAsync(params Func<Task>[] writes)
    {
        var conflicts = 0;
        await Task.WhenAll(writes.Select(write => Task.Run(async () =>
        {
            try
            {
                await write();
            }
            catch (InconsistentStateException)
            {
                Interlocked.Increment(ref conflicts);
            }
        })));
        return conflicts;
    }

    private async Task<GrainState<Counter>> WriteNewAsync(GrainId id, Counter counter)
    {
        var state = NewState(counter);
        await silo.Storage.WriteStateAsync("counter", id, state);
        return state;
    }

    public sealed record Counter(string Name, int Count)
    {
        public Counter() : this("", 0)
        {
        }
    }
}
