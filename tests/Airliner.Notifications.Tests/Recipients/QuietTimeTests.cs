using System.Globalization;
using Airliner.Contracts;
using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Recipients;
using Xunit;

namespace Airliner.Notifications.Tests.Recipients;

public sealed class QuietTimeTests
{
    [Theory]
    [InlineData("2026-06-10T21:59:59Z", null)]
    [InlineData("2026-06-10T22:00:00Z", "2026-06-11T07:00:00Z")]
    [InlineData("2026-06-11T00:00:00Z", "2026-06-11T07:00:00Z")]
    [InlineData("2026-06-11T06:59:59Z", "2026-06-11T07:00:00Z")]
    [InlineData("2026-06-11T07:00:00Z", null)]
    public void A_night_goes_over_midnight(string now, string? end) => AssertEnd(end, "22:00", "07:00", "UTC", now);

    [Theory]
    [InlineData("2026-06-10T11:59:00Z", null)]
    [InlineData("2026-06-10T12:00:00Z", "2026-06-10T14:30:00Z")]
    [InlineData("2026-06-10T14:30:00Z", null)]
    public void A_rest_at_noon_is_of_one_day(string now, string? end) => AssertEnd(end, "12:00", "14:30", "UTC", now);

    [Theory]
    [InlineData("America/New_York", "2026-06-11T03:00:00Z", "2026-06-11T11:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-06-11T17:00:00Z", "2026-06-12T01:15:00Z")]
    [InlineData("Pacific/Auckland", "2026-06-11T07:00:00Z", null)]
    public void It_is_night_where_the_user_is(string zone, string now, string? end) => AssertEnd(end, "22:00", "07:00", zone, now);

    /// <summary>In Oslo clocks went from 2 to 3 on 29 March 2026.</summary>
    [Theory]
    [InlineData("22:00", "07:00", "2026-03-28T23:00:00Z", "2026-03-29T05:00:00Z")]
    [InlineData("22:00", "02:30", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("22:00", "02:30", "2026-03-29T01:00:00Z", null)]
    [InlineData("02:30", "07:00", "2026-03-29T00:59:59Z", null)]
    [InlineData("02:30", "07:00", "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z")]
    [InlineData("02:10", "02:50", "2026-03-29T01:00:00Z", null)]
    public void A_time_that_is_left_out_is_that_of_the_change(string start, string end, string now, string? endsAt) => AssertEnd(endsAt, start, end, "Europe/Oslo", now);

    /// <summary>In Oslo clocks went from 3 back to 2 on 25 October 2026, at 01:00 UTC.</summary>
    [Theory]
    [InlineData("22:00", "07:00", "2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z")]
    [InlineData("22:00", "02:30", "2026-10-24T21:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("22:00", "02:30", "2026-10-25T01:10:00Z", null)]
    [InlineData("02:30", "07:00", "2026-10-25T01:10:00Z", "2026-10-25T06:00:00Z")]
    public void A_time_that_comes_twice_is_the_first(string start, string end, string now, string? endsAt) => AssertEnd(endsAt, start, end, "Europe/Oslo", now);

    private static void AssertEnd(string? expected, string start, string end, string zone, string now)
    {
        Assert.True(TimeZones.TryFind(zone, out var found));
        Assert.Equal(expected is null ? null : Time(expected), QuietTime.EndOf(new QuietHours(start, end), found, Time(now)));
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
