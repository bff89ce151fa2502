using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Airliner.ServiceDefaults;

/// <summary>A silo's or a gateway's process, from its start to its exit code.</summary>
public static partial class ServiceProcess
{
    /// <summary>Settings are read at the start and not again: to watch for them is to watch the folder, and all that is written below it.</summary>
    public const string NoReload = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>A process's builder, which finds its files beside the program wherever it is started.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions { Args = [NoReload, .. args], ContentRootPath = AppContext.BaseDirectory });

    /// <summary>
    /// Runs until SIGTERM or SIGINT. A start that fails, and a signal while it is under way, are ends like others: without this they would be
    /// unhandled exceptions, which take the process down with a core dump and skip what leaves the cluster.
    /// </summary>
    /// <returns>0 when it was told to stop; 1 when it could not start, or not stop cleanly, and the log says why.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        // From the first moment on: the host listens for signals only once it starts.
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

        WebApplication app;
        try
        {
            app = create();
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            await Console.Error.WriteLineAsync($"The configuration cannot be used: {error.Message}");
            return 1;
        }

        await using (app)
        {
            var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServiceProcess).FullName!);
            try
            {
                await app.StartAsync(stop.Token);
            }
            catch (Exception error)
            {
                // The host hears the signal too, and may be the first to cancel the start.
                var wasToldToStop = stop.IsCancellationRequested || (error is OperationCanceledException && app.Lifetime.ApplicationStopping.IsCancellationRequested);
                if (!wasToldToStop)
                    LogNotStarted(log, error);
                // What has started leaves the cluster, so that nobody has to find out that it is gone.
                return await StopAsync(app, log) && wasToldToStop ? 0 : 1;
            }

            // Told by a signal, or by a part of the process that cannot go on.
            await Task.Delay(Timeout.InfiniteTimeSpan, app.Lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await StopAsync(app, log) ? 0 : 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<bool> StopAsync(WebApplication app, ILogger log)
    {
        try
        {
            await app.StopAsync();
            return true;
        }
        catch (Exception error)
        {
            LogNotStopped(log, error);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Critical, "The process cannot start")]
    private static partial void LogNotStarted(ILogger log, Exception error);

    [LoggerMessage(LogLevel.Error, "The process did not stop cleanly")]
    private static partial void LogNotStopped(ILogger log, Exception error);
}
