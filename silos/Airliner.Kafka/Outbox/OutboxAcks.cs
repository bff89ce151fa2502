using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Airliner.Kafka.Outbox;

/// <summary>Deletes the rows of what is published, many at once; while the database is away it goes on trying.</summary>
internal sealed partial class OutboxAcks(OutboxRows rows, HeldEvents held, TimeProvider time, ILogger logger)
{
    private const int RowsInBatch = 2_000;

    /// <summary>How long published events gather: a statement for each handful would take as much of the database as the writes.</summary>
    private static readonly TimeSpan _gather = TimeSpan.FromMilliseconds(50);

    // Bounded by what is held in memory.
    private readonly Channel<HeldEvent> _published = Channel.CreateUnbounded<HeldEvent>(new UnboundedChannelOptions { SingleReader = true });

    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The row may go.</summary>
    public void Delete(HeldEvent published) => _published.Writer.TryWrite(published);

    /// <summary>Takes no more; <see cref="RunAsync"/> ends when the rest is deleted.</summary>
    public void Complete()
    {
        _published.Writer.TryComplete();
        _completed.TrySetResult();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<HeldEvent>(RowsInBatch);
        while (await _published.Reader.WaitToReadAsync(cancellationToken))
        {
            await Task.WhenAny(_completed.Task, Task.Delay(_gather, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            while (batch.Count < RowsInBatch && _published.Reader.TryRead(out var next))
                batch.Add(next);
            await DeleteAsync(batch, cancellationToken);
            held.Forget(batch);
            batch.Clear();
        }
    }

    private async Task DeleteAsync(List<HeldEvent> batch, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await rows.DeleteAsync(batch, cancellationToken);
                return;
            }
            catch (Exception error) when (error is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                LogFailed(batch.Count, error.Message);
                await Task.Delay(Backoff.After(failures), time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} published events stay in the outbox for now: {Reason}")]
    private partial void LogFailed(int count, string reason);
}
