
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
}

/// <summary>A database's sequences, as the silo that owns it offers them to its grains.</summary>
public interface IIdSequences
{
    /// <summary>Takes the next block of the sequence <c>{table}_ids</c>.</summary>
    Task<IdBlock> TakeAsync(string table, CancellationToken cancellationToken = default);
}
