namespace Airliner.Contracts.Records;

/// <summary>A run of ids that was taken from a sequence and belongs to whoever took it. What is not used stays a gap.</summary>
/// <param name="First">The first id.</param>
/// <param name="Count">How many there are.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.IdBlock")]
public readonly record struct IdBlock([property: Id(0)] long First, [property: Id(1)] int Count);

/// <summary>Hands out the ids of one service's entities. Key: the table whose records they name, for example <c>tasks</c>.</summary>
[Alias("airliner.IIdBlocks")]
public interface IIdBlocks : IGrainWithStringKey
{
    /// <summary>Takes the next block of the table's sequence.</summary>
    [Alias("Take")]
    Task<IdBlock> Take();

    /// <summary>Takes as many whole blocks as hold no more than <paramref name="count"/> ids; none where one block is more.</summary>
    [Alias("TakeUpTo")]
    Task<IReadOnlyList<IdBlock>> TakeUpTo(int count);
}

/// <summary>A service's database, as the silo that owns it offers it to its grains beside the records.</summary>
public interface IServiceDatabase
{
    /// <summary>Takes the next block of the sequence <c>{table}_ids</c>.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    Task<IdBlock> TakeIdsAsync(string table, CancellationToken cancellationToken = default);

    /// <summary>Takes as many whole blocks of the sequence as hold no more than <paramref name="count"/> ids, by one question.</summary>
    /// <exception cref="StorageUnavailableException">The database does not answer.</exception>
    Task<IReadOnlyList<IdBlock>> TakeIdsUpToAsync(string table, int count, CancellationToken cancellationToken = default);

    /// <summary>Ends when the database has answered.</summary>
    /// <exception cref="StorageUnavailableException">It does not.</exception>
    Task PingAsync(CancellationToken cancellationToken = default);
}
