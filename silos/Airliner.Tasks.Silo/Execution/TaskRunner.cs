using System.Collections.Concurrent;
using Airliner.Artifacts;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Handlers;
using Microsoft.Extensions.Logging;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>
/// Runs attempts with the handler of their type. How many run at once is the queue's to decide; here each gets its time limit, its lease renewed, its progress
/// reported at most once a second, and its end delivered.
/// </summary>
internal sealed partial class TaskRunner(
    IEnumerable<ITaskHandler> handlers,
    IGrainFactory grains,
    IArtifactStore artifacts,
    [FromKeyedServices(TasksStorage.Service)] IServiceDatabase database,
    TaskLimits limits,
    TimeProvider time,
    ILogger<TaskRunner> log) : ITaskRunner, IAsyncDisposable
{
    private static readonly TimeSpan _reportEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, ITaskHandler> _handlers = handlers.ToDictionary(handler => handler.TaskType, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Running> _running = new();
    private readonly CancellationTokenSource _stopping = new();

    public void Run(TaskAttempt attempt)
    {
        var running = new Running(CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token));
        _running[attempt.TaskId] = running;
        running.Ended = Task.Run(() => RunAsync(attempt, running));
    }

    public void Cancel(long taskId)
    {
        if (_running.TryGetValue(taskId, out var running))
            running.Cancel();
    }

    /// <summary>Stops what runs; its tasks are found by another silo, or by this one when it is back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values.Select(running => running.Ended)).WaitAsync(TimeSpan.FromSeconds(5), time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(TaskAttempt attempt, Running running)
    {
        var grain = grains.GetGrain<ITaskGrain>(attempt.TaskId);
        try
        {
            var execution = new TaskExecution(attempt, grains, artifacts, database);
            using var timeout = new CancellationTokenSource(attempt.Timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(running.Token, timeout.Token);
            using var reporting = new CancellationTokenSource();
            var reports = ReportAsync(grain, attempt, execution, running, reporting.Token);
            var result = await HandleAsync(attempt, execution, either.Token, timeout.Token);
            await reporting.CancelAsync();
            await reports;
            if (!_stopping.IsCancellationRequested)
                await DeliverAsync(grain, attempt, result);
        }
        finally
        {
            _running.TryRemove(new(attempt.TaskId, running));
            running.Dispose();
        }
    }

    private async Task<AttemptResult> HandleAsync(TaskAttempt attempt, TaskExecution execution, CancellationToken cancellation, CancellationToken timeout)
    {
        if (!_handlers.TryGetValue(attempt.TaskType, out var handler))
            return new AttemptResult(Error: $"No handler for tasks of type {attempt.TaskType} is here.");
        try
        {
            var result = await handler.RunAsync(execution, cancellation);
            return new AttemptResult(Result: result.GetRawText());
        }
        catch (TaskInputException error)
        {
            return new AttemptResult(Error: error.Message);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new AttemptResult(Error: $"The attempt took longer than {attempt.Timeout.TotalSeconds} seconds.", Retry: true);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new AttemptResult(Error: "The attempt was stopped.", Retry: true);
        }
        catch (Exception error)
        {
            // A handler may fail in any way; the task's owner is told that it did, the log has what happened.
            LogHandlerFailed(error, attempt.TaskId, attempt.TaskType, attempt.Number);
            return new AttemptResult(Error: $"The handler failed unexpectedly ({error.GetType().Name}).", Retry: true);
        }
    }

    /// <summary>Reports progress when there is any, and gives signs of life; a lease that is lost or a cancel that was asked for stops the handler.</summary>
    private async Task ReportAsync(ITaskGrain grain, TaskAttempt attempt, TaskExecution execution, Running running, CancellationToken ended)
    {
        var reported = 0;
        var renewed = time.GetTimestamp();
        using var timer = new PeriodicTimer(_reportEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                if (execution.Progress is var percent && percent > reported)
                    grain.Progress(attempt.Number, reported = percent).Ignore();
                if (time.GetElapsedTime(renewed) < limits.Lease / 3)
                    continue;
                renewed = time.GetTimestamp();
                if (!await StillOursAsync(grain, attempt))
                    running.Cancel();
            }
        }
        catch (OperationCanceledException)
        {
            // The handler has ended.
        }
    }

    private async Task<bool> StillOursAsync(ITaskGrain grain, TaskAttempt attempt)
    {
        try
        {
            return await grain.Renew(attempt.Number);
        }
        catch (Exception error)
        {
            // The database may be away for a while; the lease outlasts two such tries.
            LogRenewFailed(error, attempt.TaskId);
            return true;
        }
    }

    /// <summary>Tells the task's grain how the attempt ended, until it has heard it: a result that was worked out is not thrown away.</summary>
    private async Task DeliverAsync(ITaskGrain grain, TaskAttempt attempt, AttemptResult result)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait = wait < TimeSpan.FromSeconds(5) ? wait * 2 : wait)
        {
            try
            {
                await grain.Finish(attempt.Number, result);
                return;
            }
            catch (RecordRejectedException error) when (result.Result is not null)
            {
                result = new AttemptResult(Error: $"The result cannot be stored: {error.Message}");
            }
            catch (Exception error)
            {
                LogDeliveryFailed(error, attempt.TaskId, attempt.Number);
            }

            try
            {
                await Task.Delay(wait, time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Task {TaskId} ({TaskType}), attempt {Attempt}: the handler failed")]
    private partial void LogHandlerFailed(Exception error, long taskId, string taskType, int attempt);

    [LoggerMessage(LogLevel.Warning, "Task {TaskId}: its lease could not be renewed")]
    private partial void LogRenewFailed(Exception error, long taskId);

    [LoggerMessage(LogLevel.Warning, "Task {TaskId}, attempt {Attempt}: its end could not be delivered yet")]
    private partial void LogDeliveryFailed(Exception error, long taskId, int attempt);

    private sealed class Running(CancellationTokenSource cancellation) : IDisposable
    {
        public CancellationToken Token { get; } = cancellation.Token;

        public Task Ended { get; set; } = Task.CompletedTask;

        public void Cancel()
        {
            try
            {
                cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended a moment ago.
            }
        }

        public void Dispose() => cancellation.Dispose();
    }
}
