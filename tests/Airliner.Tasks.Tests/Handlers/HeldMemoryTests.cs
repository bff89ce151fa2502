using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.Rows;
using Xunit;

namespace Airliner.Tasks.Tests.Handlers;

/// <summary>What attempts hold together.</summary>
public sealed class HeldMemoryTests
{
    private readonly HeldMemory _memory = new(100);

    [Fact]
    public async Task One_that_asks_for_more_than_the_others_leave_has_it_when_they_have_ended_and_takes_nothing_from_them_till_then()
    {
        var ends = new TaskCompletionSource();
        var first = HoldAsync(60, ends.Task);
        await Assert.ThrowsAsync<NoRoomException>(() => HoldAsync(41));
        Assert.True(await HoldAsync(40));
        await HoldAndLetGoAsync();

        ends.SetResult();
        Assert.True(await first);
        Assert.True(await HoldAsync(100));
    }

    [Fact]
    public async Task One_that_is_alone_has_what_its_own_bounds_let_it_have() => Assert.True(await HoldAsync(1000));

    [Fact]
    public async Task What_is_let_go_of_others_may_have()
    {
        var ends = new TaskCompletionSource();
        var first = _memory.RunAsync(async () =>
        {
            HeldMemory.Add(90);
            HeldMemory.Add(-80);
            await ends.Task;
            return true;
        });
        Assert.True(await HoldAsync(90));
        ends.SetResult();
        Assert.True(await first);
    }

    [Fact]
    public void Outside_of_an_attempt_nothing_is_counted() => HeldMemory.Add(1000);

    /// <summary>Is refused in the midst of an attempt, which goes on, and lets others have what there was before.</summary>
    private Task HoldAndLetGoAsync() => _memory.RunAsync(async () =>
    {
        Assert.Throws<NoRoomException>(() => HeldMemory.Add(50));
        Assert.True(await HoldAsync(40));
        return true;
    });

    private Task<bool> HoldAsync(long bytes, Task? until = null) => _memory.RunAsync(async () =>
    {
        HeldMemory.Add(bytes);
        await (until ?? Task.CompletedTask);
        return true;
    });
}
