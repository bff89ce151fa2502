using Airliner.Tasks.Grains.Handlers.FileUpload;
using Airliner.Tasks.Grains.Handlers.ImageProcessing;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Schedules;
using Airliner.Tasks.Grains.Webhooks;

namespace Airliner.Tasks.Grains.Lifecycle;

/// <summary>What settings of handlers, webhooks and schedules must fulfil, told when a silo starts.</summary>
internal static class TaskSettingRules
{
    private static readonly TimeSpan _day = TimeSpan.FromDays(1);

    public static IEnumerable<(string Setting, string Rule)> Wrong(RowOptions rows) =>
    [
        .. AtLeast(1, nameof(rows.MaxFileBytes), rows.MaxFileBytes),
        .. AtLeast(1, nameof(rows.MaxHeldRows), rows.MaxHeldRows), .. AtLeast(1, nameof(rows.MaxHeldBytes), rows.MaxHeldBytes),
        .. AtLeast(1, nameof(rows.MaxRowBytes), rows.MaxRowBytes), .. AtLeast(1, nameof(rows.MaxColumns), rows.MaxColumns),
        .. AtLeast(1, nameof(rows.MaxUnpackedBytes), rows.MaxUnpackedBytes), .. AtLeast(1, nameof(rows.MaxRowGroupBytes), rows.MaxRowGroupBytes),
        .. AtLeast(1, nameof(rows.MaxRowGroupRows), rows.MaxRowGroupRows), .. AtLeast(1, nameof(rows.RowGroupRows), rows.RowGroupRows),
        .. AtLeast(1, nameof(rows.RowGroupBytes), rows.RowGroupBytes),
    ];

    public static IEnumerable<(string Setting, string Rule)> Wrong(ImageProcessingOptions images) =>
    [
        .. AtLeast(1, nameof(images.MaxFileBytes), images.MaxFileBytes), .. AtLeast(1, nameof(images.MaxPixels), images.MaxPixels),
        .. AtLeast(1, nameof(images.MaxAtOnce), images.MaxAtOnce), .. AtLeast(1, nameof(images.ThreadsPerImage), images.ThreadsPerImage),
    ];

    public static IEnumerable<(string Setting, string Rule)> Wrong(FileUploadOptions uploads) =>
    [
        .. AtLeast(1, nameof(uploads.MaxBytes), uploads.MaxBytes),
        .. Interval(nameof(uploads.AnswersWithin), uploads.AnswersWithin), .. Interval(nameof(uploads.SilentFor), uploads.SilentFor),
    ];

    public static IEnumerable<(string Setting, string Rule)> Wrong(WebhookOptions webhooks) =>
    [
        .. AtLeast(0, nameof(webhooks.MostPerUser), webhooks.MostPerUser),
        .. AtLeast(1, nameof(webhooks.MostAtOnce), webhooks.MostAtOnce), .. AtLeast(1, nameof(webhooks.MostAtOncePerSilo), webhooks.MostAtOncePerSilo),
        .. Interval(nameof(webhooks.AnswersWithin), webhooks.AnswersWithin), .. Interval(nameof(webhooks.PollInterval), webhooks.PollInterval),
        .. Between(TimeSpan.Zero, 365 * _day, nameof(webhooks.DisabledAfter), webhooks.DisabledAfter, "from 0 to 365 days"),
        .. Between(_day, 365 * _day, nameof(webhooks.KeptFor), webhooks.KeptFor, "from a day to 365"),
        .. (webhooks.RetryDelays ?? []).Index().SelectMany(delay =>
            Between(TimeSpan.Zero, 30 * _day, $"{nameof(webhooks.RetryDelays)}:{delay.Index}", delay.Item, "from 0 to 30 days")),
    ];

    public static IEnumerable<(string Setting, string Rule)> Wrong(ScheduleOptions schedules) =>
    [
        .. AtLeast(0, nameof(schedules.MostPerUser), schedules.MostPerUser), .. AtLeast(0, nameof(schedules.MostMissedRuns), schedules.MostMissedRuns),
        .. Between(TimeSpan.Zero, ScheduleOptions.LongestMissedAfter, nameof(schedules.MissedAfter), schedules.MissedAfter, "from 0 to 12 hours"),
        .. Interval(nameof(schedules.SweepInterval), schedules.SweepInterval),
    ];

    /// <summary>How often something is done, or how long it may take.</summary>
    public static IEnumerable<(string Setting, string Rule)> Interval(string setting, TimeSpan value) =>
        value > TimeSpan.Zero && value <= _day ? [] : [(setting, "more than 0, and a day at most")];

    public static IEnumerable<(string Setting, string Rule)> Between(TimeSpan least, TimeSpan most, string setting, TimeSpan value, string rule) =>
        value >= least && value <= most ? [] : [(setting, rule)];

    private static IEnumerable<(string Setting, string Rule)> AtLeast(int least, string setting, long value) =>
        value >= least ? [] : [(setting, $"{least} or more")];
}
