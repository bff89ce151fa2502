using System.Diagnostics;
using Airliner.Persistence.Postgres.Telemetry;
using Xunit;

namespace Airliner.Telemetry.Tests;

/// <summary>How work that is done once for many shows in the traces of each.</summary>
public sealed class SharedWorkTests
{
    [Fact]
    public async Task It_is_a_part_of_the_first_and_the_others_are_linked_both_ways()
    {
        using var first = new Activity("first").Start();
        Activity.Current = null;
        using var second = new Activity("second").Start();
        Activity.Current = null;

        var current = await WorkAsync([null, first, null, second]);

        Assert.Same(first, current);
        Assert.Equal([second.Context], first.Links.Select(link => link.Context));
        Assert.Equal([first.Context], second.Links.Select(link => link.Context));
        Assert.NotEqual(first.TraceId, second.TraceId);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Without_anybody_who_is_traced_it_is_in_no_trace()
    {
        using var caller = new Activity("caller").Start();

        Assert.Null(await WorkAsync([null, null]));
        Assert.Same(caller, Activity.Current);
    }

    private static async Task<Activity?> WorkAsync(IEnumerable<Activity?> spans)
    {
        SharedWork.Begin(spans);
        await Task.Yield();
        return Activity.Current;
    }
}
