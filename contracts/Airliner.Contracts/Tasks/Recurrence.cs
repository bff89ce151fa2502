using System.Diagnostics.CodeAnalysis;
using Cronos;

namespace Airliner.Contracts.Tasks;

/// <summary>
/// When a schedule comes: a cron expression of five fields, or one of the macros from <c>@every_minute</c> to <c>@yearly</c>, in an IANA time zone
/// (https://github.com/HangfireIO/Cronos). A time that a clock's change leaves out comes right after the change. A time that comes twice counts once, unless the
/// expression names an interval (<c>*</c>, a range or a step of minutes or hours): then each of the two counts.
/// </summary>
public sealed class Recurrence
{
    private const int LongestCron = 200;

    private readonly CronExpression _cron;
    private readonly TimeZoneInfo _zone;

    private Recurrence(CronExpression cron, TimeZoneInfo zone)
    {
        _cron = cron;
        _zone = zone;
    }

    /// <summary>A recurrence that was checked before.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Recurrence Parse(string cron, string timeZone) =>
        TryParse(cron, out var expression) && TimeZones.TryFind(timeZone, out var zone) ? new(expression, zone) : throw new FormatException($"'{cron}' in {timeZone} is no recurrence.");

    /// <summary>Whether the text is a cron expression that never comes more often than once a minute.</summary>
    public static bool IsCron(string text) => TryParse(text, out _);

    /// <summary>Whether the cron expression comes at all after <paramref name="now"/>: 30 February does not.</summary>
    public static bool Comes(string cron, DateTimeOffset now) => TryParse(cron, out var expression) && expression.GetNextOccurrence(now, TimeZoneInfo.Utc) is not null;

    /// <summary>The first time after <paramref name="at"/>, in UTC; null where none follows.</summary>
    public DateTimeOffset? After(DateTimeOffset at) => _cron.GetNextOccurrence(at, _zone)?.ToUniversalTime();

    private static bool TryParse(string text, [NotNullWhen(true)] out CronExpression? cron)
    {
        cron = null;
        // The macro of seconds is known to the library in every format.
        return text is { Length: > 0 and <= LongestCron } && !text.Contains("@every_second", StringComparison.OrdinalIgnoreCase)
            && CronExpression.TryParse(text, CronFormat.Standard, out cron);
    }
}
