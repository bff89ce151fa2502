using Airliner.Contracts.Records;

namespace Airliner.Tasks.Grains.Batches;

/// <summary>The table of tasks, for many at once.</summary>
internal interface ITaskBatchTable
{
    /// <summary>Inserts those that are not there yet, with their events, in one transaction.</summary>
    /// <returns>The ids of those that were inserted. The others' ids or commands are taken.</returns>
    /// <exception cref="RecordRejectedException">The user of one was erased, or a value cannot be stored; none was inserted.</exception>
    /// <exception cref="Orleans.Storage.InconsistentStateException">Whether they are there now is not known.</exception>
    Task<IReadOnlySet<long>> InsertAsync(IReadOnlyCollection<KeyValuePair<long, TaskState>> tasks);

    /// <summary>The tasks that have one of these ids, or were made by one of these commands, which idempotency keys or schedules stand for.</summary>
    Task<IReadOnlyDictionary<long, TaskState>> FindAsync(IReadOnlyCollection<KeyValuePair<long, TaskState>> tasks);

    /// <summary>Those of the users who were erased.</summary>
    Task<IReadOnlySet<long>> FindErasedAsync(IReadOnlyCollection<long> userIds);
}
