using System.Diagnostics.Metrics;
using Airliner.Notifications.Grains.Templates;

namespace Airliner.Notifications.Silo.Delivery;

/// <summary>
/// Takes what the operator changes in the folder of templates, without a restart. Contents are compared: a watcher misses changes on network and bind mounts, and
/// time stamps those of a folder that is replaced by a link.
/// </summary>
internal sealed partial class TemplateRefresh(TemplateLibrary templates, TimeSpan interval, TimeProvider time, ILogger<TemplateRefresh> logger) : BackgroundService
{
    private static readonly Meter _meter = new("Airliner.Notifications");
    private static readonly Counter<long> _changes = _meter.CreateCounter<long>(
        "airliner.notifications.template_changes", "{change}", "Changes that were found in the folder of templates, by outcome: taken, refused.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Refresh();
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private void Refresh()
    {
        try
        {
            if (!templates.Refresh())
                return;
            Count("taken");
            LogTaken(logger);
        }
        // Whatever is wrong with a file, the silo has the templates of before, and goes on.
        catch (Exception error)
        {
            Count("refused");
            LogRefused(logger, error.Message, error is TemplateException ? null : error);
        }
    }

    private static void Count(string outcome) => _changes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(Level = LogLevel.Information, Message = "The templates have changed, and are in use")]
    private static partial void LogTaken(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "The templates have changed and cannot be used; those before stay. {Problem}")]
    private static partial void LogRefused(ILogger logger, string problem, Exception? error);
}
