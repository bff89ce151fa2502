namespace Airliner.Artifacts;

/// <summary>What processes that ended in the middle of an upload have left in a store.</summary>
internal interface IUnfinishedUploads
{
    /// <summary>Removes what is so old that nobody can still be writing it.</summary>
    /// <returns>How many uploads those were.</returns>
    Task<int> SweepAsync(CancellationToken cancellationToken);
}
