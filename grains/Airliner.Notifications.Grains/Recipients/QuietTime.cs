using System.Globalization;
using Airliner.Contracts.Notifications;

namespace Airliner.Notifications.Grains.Recipients;

/// <summary>Quiet hours by the clock of a time zone. Pure.</summary>
internal static class QuietTime
{
    /// <summary>
    /// When the quiet hours end that <paramref name="now"/> is in; null where it is in none. A time that a change of the clock leaves out is that of the
    /// change; one that comes twice is the first, so that a night has one beginning and one end.
    /// </summary>
    public static DateTimeOffset? EndOf(QuietHours quiet, TimeZoneInfo zone, DateTimeOffset now)
    {
        var (start, end) = (TimeOf(quiet.Start), TimeOf(quiet.End));
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        // Those that began yesterday may not be over.
        foreach (var day in new[] { today.AddDays(-1), today })
        {
            var endsAt = InstantOf(day.AddDays(end < start ? 1 : 0), end, zone);
            if (InstantOf(day, start, zone) <= now && now < endsAt)
                return endsAt;
        }

        return null;
    }

    private static TimeOnly TimeOf(string text) => TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture);

    private static DateTimeOffset InstantOf(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time);
        // Clocks go forward by whole minutes, over a day at most.
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
