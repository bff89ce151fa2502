using System.Globalization;
using System.Threading.Channels;
using Airliner.Tasks.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Airliner.Tasks.Gateway.Workers;

/// <summary>One stream of a worker: what it sends is taken, what its session has is sent, and either way the other goes on.</summary>
internal sealed class WorkerStream(WorkerSession session, LeaseReports reports, TimeProvider time)
{
    /// <summary>Messages that wait to be sent. A worker that does not read them is read from no more.</summary>
    private const int MostWaiting = 1024;

    private static readonly WriteOptions _moreFollow = new(WriteFlags.BufferHint);

    private readonly Channel<ServerMessage> _messages = Channel.CreateBounded<ServerMessage>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    /// <summary>Runs until the worker closes its side and has had every answer.</summary>
    public async Task RunAsync(IAsyncStreamReader<WorkerMessage> requests, IServerStreamWriter<ServerMessage> responses, CancellationToken ended)
    {
        var registered = await session.ConnectAsync(resumes: false, ended);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ended);
        await _messages.Writer.WriteAsync(new ServerMessage { Registered = registered }, ended);
        var writing = WriteAsync(responses, ending.Token);
        var pumping = session.PumpAsync(_messages.Writer, ending.Token);
        var reading = ReadAsync(requests, TimeSpan.FromSeconds(registered.LeaseSeconds), ending.Token);
        try
        {
            await await Task.WhenAny(writing, pumping, reading);
            _messages.Writer.Complete();
            await writing;
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(writing, pumping, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reading.IsCompletedSuccessfully && session.Drains)
                await reports.HandBackRestAsync();
            // Where that fails the grain notices the silence.
            await session.DisconnectAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <param name="silentAtMost">How long a worker may say nothing. Its connection may seem open for long after its host has gone, and it would be given more tasks.</param>
    private async Task ReadAsync(IAsyncStreamReader<WorkerMessage> requests, TimeSpan silentAtMost, CancellationToken cancellation)
    {
        await reports.RenewAsync(session.HeldAtFirst, _messages.Writer, cancellation);
        using var patience = new CancellationTokenSource(silentAtMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await foreach (var message in requests.ReadAllAsync(either.Token))
            {
                // While a message waits to be taken, it is not the worker that is slow.
                patience.CancelAfter(Timeout.InfiniteTimeSpan);
                await reports.TakeAsync(message, _messages.Writer, cancellation);
                patience.CancelAfter(silentAtMost);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new RpcException(new Status(
                StatusCode.Unavailable, string.Create(CultureInfo.InvariantCulture, $"Nothing came from the worker for {silentAtMost.TotalSeconds} seconds. It has to send heartbeats, with or without leases.")));
        }

        await reports.AnsweredAsync(cancellation);
    }

    /// <summary>Measured as late as can be: a worker that is slow to read has the messages before it in the channel.</summary>
    private Duration TimeLeft(Lease lease)
    {
        var left = lease.Deadline.ToDateTimeOffset() - time.GetUtcNow();
        return Duration.FromTimeSpan(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>Sends what there is, and flushes when there is no more.</summary>
    private async Task WriteAsync(IServerStreamWriter<ServerMessage> responses, CancellationToken cancellation)
    {
        var messages = _messages.Reader;
        while (await messages.WaitToReadAsync(cancellation))
        {
            while (messages.TryRead(out var message))
            {
                if (message.Lease is { } lease)
                    lease.TimeLeft = TimeLeft(lease);
                responses.WriteOptions = messages.TryPeek(out _) ? _moreFollow : null;
                await responses.WriteAsync(message, cancellation);
            }
        }
    }
}
