using System.Globalization;
using Airliner.Contracts;
using Airliner.Contracts.Tasks;
using Xunit;

namespace Airliner.Tasks.Tests.Schedules;

public sealed class RecurrenceTests
{
    [Theory]
    [InlineData("* * * * *")]
    [InlineData("30 6 * * MON-FRI")]
    [InlineData("*/5 22-1 L * ?")]
    [InlineData("0 0 * * 5#3")]
    [InlineData("@daily")]
    [InlineData("@every_minute")]
    [InlineData("  0  0\t1 1 *  ")]
    public void Five_fields_and_macros_are_cron(string text) => Assert.True(Recurrence.IsCron(text));

    [Theory]
    [InlineData("")]
    [InlineData("daily")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("@every_second")]
    [InlineData(" @EVERY_SECOND")]
    [InlineData("60 * * * *")]
    [InlineData("0 0 0 * *")]
    [InlineData("0 0 * JANUARY *")]
    public void What_is_no_cron_or_comes_more_often_than_each_minute_is_none(string text) => Assert.False(Recurrence.IsCron(text));

    [Fact]
    public void A_very_long_text_is_no_cron() => Assert.False(Recurrence.IsCron(string.Join(',', Enumerable.Repeat("1", 200)) + " * * * *"));

    [Theory]
    [InlineData("0 0 30 2 *", false)]
    [InlineData("0 0 31 APR,JUN *", false)]
    [InlineData("0 0 29 2 *", true)]
    [InlineData("0 0 31 * *", true)]
    public void A_day_that_no_month_has_never_comes(string cron, bool comes) => Assert.Equal(comes, Recurrence.Comes(cron, At("2026-01-01T00:00:00Z")));

    [Theory]
    [InlineData("UTC", true)]
    [InlineData("Europe/Oslo", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("Etc/GMT+3", true)]
    [InlineData("Europe/Atlantis", false)]
    [InlineData("", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData("../../../etc/localtime", false)]
    [InlineData("/dev/zero", false)]
    [InlineData("Europe/Oslo\n", false)]
    public void A_time_zone_is_one_of_the_platform_s_and_no_other_file(string name, bool isOne) => Assert.Equal(isOne, TimeZones.TryFind(name, out _));

    [Theory]
    // 29 March 2026: 02:00 is followed by 03:00. What would come in between comes right after, once.
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("*/30 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    // 25 October 2026: 03:00 is followed by 02:00. A time of day comes once, an interval goes on.
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 * * * *", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    public void A_change_of_the_clock_leaves_nothing_out_and_repeats_intervals_alone(string cron, string after, string first, string second)
    {
        var recurrence = Recurrence.Parse(cron, "Europe/Oslo");

        var next = recurrence.After(At(after));

        Assert.Equal((At(first), At(second)), (next!.Value, recurrence.After(next.Value)!.Value));
        Assert.Equal(TimeSpan.Zero, next.Value.Offset);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
