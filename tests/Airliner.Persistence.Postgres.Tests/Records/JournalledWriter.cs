using Airliner.Contracts.Records;
using Orleans.Storage;
using Xunit;

namespace Airliner.Persistence.Postgres.Tests.Records;

/// <summary>Counts its own record up for as long as it may, and notes what was acknowledged.</summary>
internal sealed class JournalledWriter(SampleSilo silo, long id)
{
    private static readonly TimeSpan _retryInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private long _acknowledged;
    private bool _lastIsUnknown;
    private (long Target, TaskCompletionSource Reached)? _awaited;

    private string Subject => $"samples/{id}";

    /// <summary>Ends when <paramref name="more"/> writes more than now have been acknowledged.</summary>
    public Task ProgressAsync(int more)
    {
        lock (_lock)
        {
            _awaited = (_acknowledged + more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _awaited.Value.Reached.Task;
        }
    }

    public async Task RunAsync(CancellationToken ending)
    {
        using var retry = new PeriodicTimer(_retryInterval);
        var entity = silo.Of(id);
        while (!ending.IsCancellationRequested)
        {
            try
            {
                if (_lastIsUnknown)
                {
                    entity = await silo.Of(id).ReadAsync();
                    Assert.InRange(entity.Record.Count, _acknowledged, _acknowledged + 1);
                    Acknowledge(entity.Record.Count);
                }

                var next = entity.Exists ? entity.Record : entity.Record with { Name = $"writer {id}" };
                await entity.WriteAsync(next.Next());
                Acknowledge(entity.Record.Count);
            }
            catch (InconsistentStateException)
            {
                // Nobody else writes this record, so only a lost answer is possible.
                _lastIsUnknown = true;
            }
            catch (StorageUnavailableException)
            {
                await retry.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Compares the journal with what is in the database and what the relay was given.</summary>
    public async Task CheckAsync(SampleDatabase database)
    {
        var stored = await silo.Of(id).ReadAsync();
        Assert.InRange(stored.Record.Count, _acknowledged, _acknowledged + (_lastIsUnknown ? 1 : 0));
        Assert.Equal($"{stored.Record.Count}", stored.Version);
        Assert.Equal(stored.Record.Count, stored.Record.EventSequence);
        var sequences = Enumerable.Range(1, stored.Record.Count).Select(count => (long)count).ToArray();
        Assert.Equal(sequences, await database.EventsAsync(Subject));
        Assert.Equal(sequences, silo.Relay.SequencesOf(Subject));
    }

    private void Acknowledge(long count)
    {
        lock (_lock)
        {
            _acknowledged = count;
            _lastIsUnknown = false;
            if (_awaited is { } awaited && count >= awaited.Target)
                awaited.Reached.TrySetResult();
        }
    }
}
