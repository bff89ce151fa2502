namespace Airliner.Contracts;

/// <summary>Which part of a list is asked for: newest first, by id descending.</summary>
/// <param name="Limit">How many, 1–200.</param>
/// <param name="Before">Only ids below this one (keyset paging), null from the newest on.</param>
/// <param name="Offset">How many to pass over, for existing clients; costs the database as many rows.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.PageRequest")]
public readonly record struct PageRequest([property: Id(0)] int Limit, [property: Id(1)] long? Before, [property: Id(2)] int Offset)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;
}

/// <summary>Part of a list.</summary>
/// <param name="Items">The records, newest first.</param>
/// <param name="Total">How many match in all, exact up to <see cref="CountedAtMost"/>.</param>
/// <param name="HasMore">Whether older ones follow.</param>
/// <param name="TotalIsEstimate">Whether <paramref name="Total"/> is the database's estimate, which is never below <see cref="CountedAtMost"/>.</param>
[GenerateSerializer]
[Immutable]
[Alias("airliner.Page`1")]
public sealed record Page<T>(
    [property: Id(0)] IReadOnlyList<T> Items, [property: Id(1)] long Total, [property: Id(2)] bool HasMore, [property: Id(3)] bool TotalIsEstimate = false)
{
    /// <summary>Counting stops here, so that a list costs the same however long it is; a larger total is an estimate.</summary>
    public const int CountedAtMost = 10_000;
}
