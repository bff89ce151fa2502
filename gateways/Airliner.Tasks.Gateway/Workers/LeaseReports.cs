using System.Threading.Channels;
using Airliner.Contracts.Records;
using Airliner.Contracts.Tasks;
using Airliner.ServiceDefaults.Cluster;
using Airliner.Tasks.V1;

namespace Airliner.Tasks.Gateway.Workers;

/// <summary>Takes a worker's reports to the tasks that they are about, many at once, and answers each.</summary>
internal sealed partial class LeaseReports(GrainCalls calls, WorkerSession session, TimeProvider time, ILogger log) : IAsyncDisposable
{
    /// <summary>Reports under way. While there are so many no further message is read, which slows down who sends them.</summary>
    private const int MostAtOnce = 512;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _room = new(MostAtOnce);

    /// <summary>Begins with what a message says; ends when the next may be read.</summary>
    /// <param name="answers">Gets what the worker is told of it.</param>
    public async Task TakeAsync(WorkerMessage message, ChannelWriter<ServerMessage> answers, CancellationToken cancellation)
    {
        var lease = WorkerRules.LeaseOf(message) ?? new LeaseKey();
        if (WorkerRules.Error(message) is { } error)
        {
            await answers.WriteAsync(Refused(lease, V1.Refused.Types.Reason.Invalid, error), cancellation);
            return;
        }

        switch (message.MessageCase)
        {
            case WorkerMessage.MessageOneofCase.Heartbeat:
                await RenewAsync(message.Heartbeat.Leases, answers, cancellation);
                break;
            case WorkerMessage.MessageOneofCase.Progress:
                await BeginAsync(() => RemarkAsync(lease, answers, (task, claim) => task.Progress(claim, message.Progress.Percent), cancellation), cancellation);
                break;
            case WorkerMessage.MessageOneofCase.Drain:
                await session.DrainAsync(cancellation);
                break;
            default:
                await BeginAsync(() => EndAsync(lease, ResultOf(message), answers, cancellation), cancellation);
                break;
        }
    }

    /// <summary>Prolongs leases.</summary>
    public async Task RenewAsync(IEnumerable<LeaseKey> leases, ChannelWriter<ServerMessage> answers, CancellationToken cancellation)
    {
        foreach (var lease in leases)
            await BeginAsync(() => RemarkAsync(lease, answers, (task, claim) => task.Renew(claim), cancellation), cancellation);
    }

    /// <summary>Hands back what a worker that takes nothing more still holds when it has closed its side: what came to it in its last moment.</summary>
    public async Task HandBackRestAsync()
    {
        foreach (var lease in session.Held)
            await BeginAsync(() => HandBackAsync(lease), CancellationToken.None);
        await AnsweredAsync(CancellationToken.None);
    }

    /// <summary>Ends when every report has been answered.</summary>
    public async Task AnsweredAsync(CancellationToken cancellation)
    {
        var taken = 0;
        try
        {
            for (; taken < MostAtOnce; taken++)
                await _room.WaitAsync(cancellation);
        }
        finally
        {
            // Also where it is cancelled half way: whoever waits after that would wait for ever.
            if (taken > 0)
                _room.Release(taken);
        }
    }

    /// <summary>After the cancellation of what was begun.</summary>
    public async ValueTask DisposeAsync()
    {
        await AnsweredAsync(CancellationToken.None);
        _room.Dispose();
    }

    private static AttemptResult ResultOf(WorkerMessage message) => message.MessageCase switch
    {
        WorkerMessage.MessageOneofCase.Complete => new(Result: message.Complete.Result is { Length: > 0 } json ? json : "null"),
        WorkerMessage.MessageOneofCase.Fail => new(Error: message.Fail.Message, Retry: message.Fail.Retry),
        _ => new(Error: message.HandBack.Lack is { Length: > 0 } lack ? lack : null, Interrupted: true),
    };

    private async Task BeginAsync(Func<Task> report, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        _ = RunAsync();

        async Task RunAsync()
        {
            try
            {
                await report();
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                // The stream has ended; the worker reports again on its next one.
            }
            catch (Exception error)
            {
                LogNotAnswered(error);
            }
            finally
            {
                _room.Release();
            }
        }
    }

    /// <summary>Reports how an attempt ended, until its task has heard it: a result that was worked out is not thrown away.</summary>
    private async Task EndAsync(LeaseKey lease, AttemptResult result, ChannelWriter<ServerMessage> answers, CancellationToken cancellation)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait = wait * 2 < _longestWait ? wait * 2 : _longestWait)
        {
            try
            {
                var outcome = await AskAsync(lease, (task, claim) => task.Finish(claim, result), cancellation);
                session.Forget(lease.ToHeld());
                await answers.WriteAsync(outcome == LeaseOutcome.Lost ? Lost(lease) : new ServerMessage { Accepted = new() { Lease = lease } }, cancellation);
                return;
            }
            catch (RecordRejectedException error)
            {
                await answers.WriteAsync(Refused(lease, V1.Refused.Types.Reason.Invalid, $"result: cannot be stored: {error.Message}"), cancellation);
                return;
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested)
            {
                LogEndNotDelivered(error, lease.TaskId, lease.Attempt);
            }

            await Task.Delay(wait, time, cancellation);
        }
    }

    private async Task HandBackAsync(HeldLease lease)
    {
        try
        {
            await AskAsync(lease.ToKey(), (task, claim) => task.Finish(claim, new AttemptResult(Interrupted: true)), CancellationToken.None);
        }
        catch (Exception error)
        {
            LogNotHandedBack(error, lease.TaskId, lease.Attempt);
        }
    }

    /// <summary>Reports what comes again anyway.</summary>
    private async Task RemarkAsync(
        LeaseKey lease, ChannelWriter<ServerMessage> answers, Func<ITaskGrain, LeaseClaim, Task<LeaseOutcome>> tell, CancellationToken cancellation)
    {
        switch (await AskAsync(lease, tell, cancellation))
        {
            case LeaseOutcome.Cancelling:
                await answers.WriteAsync(new ServerMessage { Cancel = new() { Lease = lease } }, cancellation);
                break;
            case LeaseOutcome.Lost:
                session.Forget(lease.ToHeld());
                await answers.WriteAsync(Lost(lease), cancellation);
                break;
        }
    }

    private Task<LeaseOutcome> AskAsync(LeaseKey lease, Func<ITaskGrain, LeaseClaim, Task<LeaseOutcome>> tell, CancellationToken cancellation) =>
        calls.Call(grains => tell(grains.GetGrain<ITaskGrain>(lease.TaskId), new LeaseClaim(session.Owner, lease.Attempt)), cancellation);

    private static ServerMessage Lost(LeaseKey lease) => Refused(
        lease, V1.Refused.Types.Reason.LeaseLost, $"Attempt {lease.Attempt} at task {lease.TaskId} is not this worker's, or no longer.");

    private static ServerMessage Refused(LeaseKey lease, Refused.Types.Reason reason, string detail) =>
        new() { Refused = new() { Lease = lease, Reason = reason, Detail = detail } };

    [LoggerMessage(LogLevel.Warning, "Task {TaskId}, attempt {Attempt}: its end could not be delivered yet")]
    private partial void LogEndNotDelivered(Exception error, long taskId, int attempt);

    [LoggerMessage(LogLevel.Warning, "Task {TaskId}, attempt {Attempt} could not be handed back; its lease runs out")]
    private partial void LogNotHandedBack(Exception error, long taskId, int attempt);

    [LoggerMessage(LogLevel.Warning, "A worker's report could not be taken; it comes again")]
    private partial void LogNotAnswered(Exception error);
}
