using Airliner.Tasks.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;

namespace Airliner.Worker;

/// <summary>
/// Runs tasks outside Airliner's silos. It gets its tokens, renews its leases, opens its stream again when it breaks, and loses no result that was worked
/// out; handlers do the work.
/// </summary>
public sealed partial class TaskWorker : IDisposable
{
    private static readonly TimeSpan _shortestWait = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan _pingAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _pingAnswersWithin = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker that stops waits to hear that what it handed back is known, then for the stream's end, and then for handlers that do not let go.</summary>
    private static readonly TimeSpan _handsBackWithin = TimeSpan.FromSeconds(5);

    private readonly TaskWorkerOptions _options;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly GrpcChannel _channel;
    private readonly TokenClient _tokens;
    private readonly RunningItems _items;
    private readonly Dictionary<string, (int Capacity, TaskHandler Handler)> _handlers = new(StringComparer.Ordinal);
    private volatile WorkerConnection? _connection;
    private volatile bool _isStopping;
    private volatile bool _isDone;
    private int _hasRun;
    private readonly string _workerId;

    public TaskWorker(TaskWorkerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _workerId = options.WorkerId ?? $"{Environment.ProcessId}-{Guid.NewGuid():n}";
        _channel = GrpcChannel.ForAddress(options.Gateway, new GrpcChannelOptions
        {
            // A gateway whose host has gone says nothing, as one that has no tasks: only pings tell them apart.
            HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true, KeepAlivePingDelay = _pingAfter, KeepAlivePingTimeout = _pingAnswersWithin },
            DisposeHttpClient = true,
        });
        _tokens = new(options, _time);
        _items = new(message => _connection?.Send(message), _time, options.Logger);
    }

    /// <summary>Registers a type with what runs its tasks, before <see cref="RunAsync"/>.</summary>
    /// <param name="taskType">1–64 of <c>a–z 0–9 _</c>.</param>
    /// <param name="capacity">Tasks of the type that run at once, 1–1,000.</param>
    public TaskWorker Handle(string taskType, int capacity, TaskHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handlers.Add(taskType, (capacity, handler));
        return this;
    }

    /// <summary>Works until told to stop: then it takes nothing more, lets its tasks end for a while, and hands back what has not.</summary>
    /// <exception cref="TaskWorkerException">It cannot work: the client may not, a type is wrong, or another process uses the worker's id.</exception>
    /// <exception cref="InvalidOperationException">It has run before: who works again makes another worker.</exception>
    public async Task RunAsync(CancellationToken stopping)
    {
        if (Interlocked.Exchange(ref _hasRun, 1) == 1)
            throw new InvalidOperationException("A TaskWorker runs once; make another to work again.");
        using var gone = new CancellationTokenSource();
        var serving = ServeAsync(gone.Token);
        try
        {
            await serving.WaitAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _isStopping = true;
            _connection?.Send(new() { Drain = new() });
            await _items.EmptyAsync().WaitAsync(_options.StopsWithin, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _items.CancelAll();
            await _items.EmptyAsync().WaitAsync(_handsBackWithin, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // The gateway hands back what it gave meanwhile.
            _isDone = true;
            if (_connection is { } connection)
            {
                connection.Finish();
                await serving.WaitAsync(_handsBackWithin, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            _items.CancelAll();
            await gone.CancelAsync();
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _items.HandlersEndAsync().WaitAsync(_handsBackWithin, _time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _channel.Dispose();
    }

    /// <summary>Opens one stream after another.</summary>
    private async Task ServeAsync(CancellationToken gone)
    {
        for (var wait = _shortestWait; ; wait = wait * 2 < _longestWait ? wait * 2 : _longestWait)
        {
            try
            {
                var headers = new Metadata { { "authorization", $"Bearer {await _tokens.GetAsync(gone)}" } };
                using var call = new Tasks.V1.TaskWorker.TaskWorkerClient(_channel).Work(headers, cancellationToken: gone);
                using var connection = _connection = new WorkerConnection(call, _items, _time, _options.Logger);
                await connection.RunAsync(Registration(), Take, onRegistered: () =>
                {
                    wait = _shortestWait;
                    // Told to stop while no stream was open, it has not said so yet.
                    if (_isStopping)
                        connection.Send(new() { Drain = new() });
                });
                if (!_isDone)
                    LogStreamEnded(_options.Logger, "The gateway ended it.");
            }
            catch (RpcException error) when (IsFinal(error.StatusCode) && !gone.IsCancellationRequested)
            {
                throw new TaskWorkerException(error.Status.Detail, error);
            }
            catch (Exception error) when ((error is RpcException or HttpRequestException or IOException or OperationCanceledException) && !gone.IsCancellationRequested)
            {
                if (error is RpcException { StatusCode: StatusCode.Unauthenticated })
                    _tokens.Forget();
                LogStreamEnded(_options.Logger, error.Message);
            }
            finally
            {
                _connection = null;
            }

            if (_isDone)
                return;
            // Up to half longer by chance: the workers of a gateway that was lost do not come back together.
            await Task.Delay(wait * (1 + (Random.Shared.NextDouble() / 2)), _time, gone);
        }
    }

    private Register Registration() => new()
    {
        WorkerId = _workerId,
        Types_ = { _handlers.Select(type => new WorkerType { Type = type.Key, Capacity = type.Value.Capacity }) },
        // Who names as many as it may is taken to hold the others, too.
        Held = { _items.Leases.Take(WorkerConnection.MostLeases) },
    };

    private void Take(Lease lease)
    {
        if (_items.Has(lease.Lease_))
            return;
        if (!_isStopping && _handlers.TryGetValue(lease.Type, out var type))
            _items.Start(lease, type.Handler);
        else
            _items.HandBack(lease.Lease_);
    }

    private static bool IsFinal(StatusCode status) =>
        status is StatusCode.InvalidArgument or StatusCode.PermissionDenied or StatusCode.FailedPrecondition or StatusCode.Aborted or StatusCode.Unimplemented;

    [LoggerMessage(LogLevel.Warning, "The worker's stream ended and is opened again: {Reason}")]
    private static partial void LogStreamEnded(ILogger log, string reason);
}
