using System.Diagnostics;
using System.Net.Sockets;

namespace Airliner.Benchmark.Load;

/// <summary>
/// Loads a server over HTTP/1.1 from one thread that waits for all its connections at once: a few microseconds for a request, for what the generator takes
/// of the machine's cores is lost to whom it measures.
/// </summary>
internal sealed class HttpLoad(int port, IWorkload workload, int connections)
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    /// <summary>So many a second are looked at by the tick: a look at all connections for each answer would take a good part of a core.</summary>
    private const double Many = 500;

    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<Socket, int> _underWay = [];
    private readonly Stack<int> _idle = new();
    private readonly List<Socket> _ready = [];
    private readonly List<int> _microseconds = new(1 << 16);
    private HttpConnection[] _connections = [];
    private long _errors;
    private string? _firstError;

    /// <summary>Loads for a while, each connection sending its next request when the last one is answered.</summary>
    /// <param name="perSecond">Sends so many a second instead, evenly, as far as the connections suffice.</param>
    public Task<LoadResult> RunAsync(TimeSpan duration, double? perSecond, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Run(duration, perSecond, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private LoadResult Run(TimeSpan duration, double? perSecond, CancellationToken cancellation)
    {
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new HttpConnection(port))];
        try
        {
            for (var i = 0; i < connections; i++)
                _idle.Push(i);
            var started = Stopwatch.GetTimestamp();
            long sent = 0;
            while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
            {
                cancellation.ThrowIfCancellationRequested();
                var due = perSecond is { } rate ? (long)(elapsed.TotalSeconds * rate) + 1 : long.MaxValue;
                for (; _idle.Count > 0 && sent < due; sent++)
                    Send(_idle.Pop());
                if (perSecond >= Many || (perSecond is not null && _underWay.Count == 0))
                {
                    // Looks at its connections so often, and not whenever one has an answer.
                    cancellation.WaitHandle.WaitOne(_tick);
                    Receive(TimeSpan.Zero, record: true);
                }
                else
                {
                    Receive(perSecond is { } pace && _idle.Count > 0 ? TimeSpan.FromSeconds(sent / pace) - elapsed : duration - elapsed, record: true);
                }
            }

            // What is under way belongs to nobody's figures, but must not disturb the next measurement.
            while (_underWay.Count > 0 && Stopwatch.GetElapsedTime(started) < duration + _patience)
                Receive(TimeSpan.FromMilliseconds(100), record: false);
            return LoadResult.Of(_microseconds, duration, _errors, _firstError);
        }
        finally
        {
            foreach (var connection in _connections)
                connection.Dispose();
        }
    }

    private void Send(int index)
    {
        var connection = _connections[index];
        connection.SentAt = Stopwatch.GetTimestamp();
        connection.Send(workload.Next(index).Span);
        _underWay[connection.Socket] = index;
    }

    private void Receive(TimeSpan wait, bool record)
    {
        _ready.Clear();
        _ready.AddRange(_underWay.Keys);
        if (_ready.Count == 0)
            return;
        Socket.Select(_ready, null, null, (int)Math.Clamp(wait.TotalMicroseconds, 0, 100_000));
        foreach (var socket in _ready)
        {
            var index = _underWay[socket];
            var connection = _connections[index];
            var status = connection.Receive();
            if (status == 0)
                continue;
            _underWay.Remove(socket);
            _idle.Push(index);
            if (!record)
                continue;
            if (status == workload.ExpectedStatus)
                _microseconds.Add((int)Stopwatch.GetElapsedTime(connection.SentAt).TotalMicroseconds);
            else
                Fail(status, connection);
        }
    }

    private void Fail(int status, HttpConnection connection)
    {
        _errors++;
        _firstError ??= status < 0 ? "The connection was closed." : connection.Text();
    }
}
