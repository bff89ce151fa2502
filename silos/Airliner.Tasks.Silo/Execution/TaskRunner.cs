using System.Collections.Concurrent;
using System.Globalization;
using Airliner.Artifacts;
using Airliner.Contracts.Cluster;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.Persistence.Postgres.Records;
using Airliner.Tasks.Grains;
using Airliner.Tasks.Grains.Handlers;
using Airliner.Tasks.Grains.Handlers.Rows;

namespace Airliner.Tasks.Silo.Execution;

/// <summary>
/// Runs attempts with the handler of their type: the owner of leases that is this silo. How many run at once is the queue's to decide; here each gets its time limit, its signs of life, and its end
/// delivered. A silo that stops hands back what it runs first of all, while its grains still answer, so that another silo takes it at once.
/// </summary>
internal sealed partial class TaskRunner(
    IEnumerable<ITaskHandler> handlers,
    IGrainFactory grains,
    IArtifactStore artifacts,
    [FromKeyedServices(TasksStorage.Files)] RecordIds fileIds,
    HandlerThreads threads,
    HeldMemory memory,
    ISiloLiveness silos,
    TaskLimits limits,
    TimeProvider time,
    ILogger<TaskRunner> log) : ITaskRunner, ISiloReportSource, ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly Dictionary<string, ITaskHandler> _handlers = handlers.ToDictionary(handler => handler.TaskType, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, RunningAttempt> _running = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _gone = new();

    public string Name => silos.Self;

    private bool IsOpen => !_stopping.IsCancellationRequested;

    public bool Handles(string taskType) => _handlers.ContainsKey(taskType);

    public bool CanRun(string taskType) => IsOpen && Handles(taskType);

    public bool Runs(long taskId, int attempt) => _running.TryGetValue(taskId, out var running) && running.Number == attempt;

    public void Run(TaskAttempt attempt)
    {
        var running = new RunningAttempt(attempt, _stopping.Token);
        _running.AddOrUpdate(attempt.TaskId, running, (_, before) =>
        {
            before.Cancel(); // Its lease was lost: whatever it comes to is ignored.
            return running;
        });
        running.Start(() => RunAsync(attempt, running));
    }

    public void Cancel(long taskId, int attempt)
    {
        if (_running.TryGetValue(taskId, out var running) && running.Number == attempt)
            running.Cancel();
    }

    public Task<SiloReport> AddToAsync(SiloReport report, CancellationToken cancellationToken) => Task.FromResult(report with
    {
        RunningTasks = report.RunningTasks.Concat(_running.Values.CountBy(running => running.TaskType).Select(type => new RunningTasks(type.Key, type.Value))).ToArray(),
    });

    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe("task-runner", ServiceLifecycleStage.Active, _ => Task.CompletedTask, StopAsync);

    public void Dispose()
    {
        _gone.Dispose();
        _stopping.Dispose();
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        // Where the silo is not let stop in order there is nobody to hand back to: the lease's owner will be seen dead.
        if (cancellationToken.IsCancellationRequested)
            await _gone.CancelAsync();
        await _stopping.CancelAsync();
        try
        {
            await Task.WhenAll(_running.Values.Select(running => running.Ended)).WaitAsync(limits.StopsWithin, time, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            LogStillRunning(_running.Count);
        }

        await _gone.CancelAsync();
    }

    private async Task RunAsync(TaskAttempt attempt, RunningAttempt running)
    {
        var grain = grains.GetGrain<ITaskGrain>(attempt.TaskId);
        var lease = new LeaseClaim(Name, attempt.Number);
        using var span = TaskTraces.Run(attempt);
        try
        {
            var execution = new TaskExecution(attempt, grains, artifacts, fileIds);
            using var reporting = new CancellationTokenSource();
            var reports = new AttemptReports(grain, attempt.TaskId, lease, execution, running, limits.Of(attempt.TaskType).Lease, time, log).RunAsync(reporting.Token);
            var result = await HandleAsync(attempt, execution, running.Token);
            await reporting.CancelAsync();
            await DeliverAsync(grain, attempt.TaskId, lease, result);
            await reports;
        }
        finally
        {
            _running.TryRemove(new(attempt.TaskId, running));
            running.Dispose();
        }
    }

    private async Task<AttemptResult> HandleAsync(TaskAttempt attempt, TaskExecution execution, CancellationToken cancelled)
    {
        var handler = _handlers[attempt.TaskType];
        using var timeout = new CancellationTokenSource(attempt.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancelled, timeout.Token);
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        await using var told = either.Token.Register(() => patience.CancelAfter(limits.HandlerLetsGoWithin));
        try
        {
            // Not awaited for ever: a handler that does not let go, or never yields, keeps its thread, but not its task.
            var result = await threads.Run(() => memory.RunAsync(() => handler.RunAsync(execution, either.Token))).WaitAsync(patience.Token);
            return result.ToAttemptResult();
        }
        catch (TaskInputException error)
        {
            return new AttemptResult(Error: error.Message);
        }
        catch (NoRoomException error)
        {
            return new AttemptResult(Error: error.Message, Interrupted: true);
        }
        catch (TaskTryAgainException error)
        {
            return new AttemptResult(Error: error.Message, Retry: true);
        }
        catch (Exception error) when (either.IsCancellationRequested)
        {
            // Whatever it threw: what it calls has its own ways to say that it was cancelled.
            if (error is not OperationCanceledException)
                LogHandlerStopped(error, attempt.TaskId, attempt.TaskType, attempt.Number);
            if (patience.IsCancellationRequested)
                LogHandlerKeepsOn(attempt.TaskId, attempt.TaskType, attempt.Number);
            return timeout.IsCancellationRequested ? new AttemptResult(Error: string.Create(CultureInfo.InvariantCulture, $"The attempt took longer than {attempt.Timeout.TotalSeconds:0.###} seconds."), Retry: true)
                : IsOpen ? new AttemptResult(Error: "The attempt was stopped.", Retry: true)
                : new AttemptResult(Interrupted: true);
        }
        catch (Exception error)
        {
            // A handler may fail in any way; the task's owner is told that it did, the log has what happened.
            LogHandlerFailed(error, attempt.TaskId, attempt.TaskType, attempt.Number);
            return new AttemptResult(Error: $"The handler failed unexpectedly ({error.GetType().Name}).", Retry: true);
        }
    }

    /// <summary>Tells the task's grain how the attempt ended, until it has heard it: a result that was worked out is not thrown away.</summary>
    private async Task DeliverAsync(ITaskGrain grain, long taskId, LeaseClaim lease, AttemptResult result)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); !_gone.IsCancellationRequested; wait = wait < TimeSpan.FromSeconds(5) ? wait * 2 : wait)
        {
            try
            {
                await grain.Finish(lease, result);
                return;
            }
            catch (RecordRejectedException error) when (result.Result is not null)
            {
                result = new AttemptResult(Error: $"The result cannot be stored: {error.Message}");
            }
            catch (Exception error)
            {
                LogDeliveryFailed(error, taskId, lease.Attempt);
            }

            await Task.Delay(wait, time, _gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Error, "Task {TaskId} ({TaskType}), attempt {Attempt}: the handler failed")]
    private partial void LogHandlerFailed(Exception error, long taskId, string taskType, int attempt);

    [LoggerMessage(LogLevel.Information, "Task {TaskId} ({TaskType}), attempt {Attempt}: the handler was stopped")]
    private partial void LogHandlerStopped(Exception error, long taskId, string taskType, int attempt);

    [LoggerMessage(LogLevel.Error, "Task {TaskId} ({TaskType}), attempt {Attempt}: the handler was told to stop and goes on; its end is not awaited")]
    private partial void LogHandlerKeepsOn(long taskId, string taskType, int attempt);

    [LoggerMessage(LogLevel.Warning, "Task {TaskId}, attempt {Attempt}: its end could not be delivered yet")]
    private partial void LogDeliveryFailed(Exception error, long taskId, int attempt);

    [LoggerMessage(LogLevel.Warning, "The silo stops while {Count} attempts have not let go; others take their tasks when it is gone")]
    private partial void LogStillRunning(int count);
}
