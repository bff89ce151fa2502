using Airliner.Tasks.Grains.Handlers.FileUpload;
using Airliner.Tasks.Grains.Handlers.ImageProcessing;
using Airliner.Tasks.Grains.Handlers.Rows;
using Airliner.Tasks.Grains.Lifecycle;
using Airliner.Tasks.Grains.Schedules;
using Airliner.Tasks.Grains.Webhooks;
using Airliner.Tasks.Silo.Groups;

namespace Airliner.Tasks.Silo;

/// <summary>Looks at the sections of <c>Tasks</c> that its limits leave out, so that what makes no sense is told at the start.</summary>
internal static class TaskSettings
{
    /// <param name="tasks">The section <c>Tasks</c>.</param>
    /// <exception cref="InvalidOperationException">Some of it makes no sense; the message names each setting and its rule.</exception>
    public static void Check(IConfiguration tasks)
    {
        Check<RowOptions>("Rows", TaskSettingRules.Wrong);
        Check<ImageProcessingOptions>("Images", TaskSettingRules.Wrong);
        Check<FileUploadOptions>("FileUpload", TaskSettingRules.Wrong);
        Check<WebhookOptions>("Webhooks", TaskSettingRules.Wrong);
        Check<ScheduleOptions>("Schedules", TaskSettingRules.Wrong);
        Check<TaskGroupOptions>("Groups", groups =>
        [
            .. TaskSettingRules.Between(TimeSpan.FromHours(1), TimeSpan.FromDays(36_500), nameof(groups.KeptFor), groups.KeptFor, "from an hour to 36500 days"),
            .. TaskSettingRules.Interval(nameof(groups.SweepInterval), groups.SweepInterval),
        ]);

        void Check<T>(string section, Func<T, IEnumerable<(string Setting, string Rule)>> wrong)
            where T : new() => TaskLimitRules.Check($"Tasks:{section}", wrong(tasks.GetSection(section).Get<T>() ?? new()));
    }
}
