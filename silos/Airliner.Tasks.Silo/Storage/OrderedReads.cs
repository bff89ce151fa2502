using Npgsql;

namespace Airliner.Tasks.Silo.Storage;

/// <summary>
/// Reads tables by the index that has the order which a statement asks for, and in no other way. The planner knows a user's tasks by the average, and for one who has a million
/// it chose another index and sorted what it found, which took minutes; so it may not sort. What it may not do it takes for so dear that it would compile the statement (jit).
/// </summary>
internal static class OrderedReads
{
    private static readonly string[] _without = ["enable_sort", "enable_incremental_sort", "enable_seqscan", "enable_bitmapscan", "jit"];

    /// <summary>Carries the statements out, and reads their results one after another.</summary>
    public static async Task<T> ReadAsync<T>(NpgsqlDataSource database, IEnumerable<NpgsqlBatchCommand> statements, Func<NpgsqlDataReader, Task<T>> read)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var setting in _without)
            batch.BatchCommands.Add(new($"set local {setting} = off"));
        foreach (var statement in statements)
            batch.BatchCommands.Add(statement);
        T found;
        await using (var reader = await batch.ExecuteReaderAsync())
            found = await read(reader);
        await transaction.CommitAsync();
        return found;
    }
}
