using Airliner.Contracts;

namespace Airliner.Persistence.Postgres.Records;

/// <summary>Part of a list, as it was read.</summary>
/// <param name="Total">How many match in all, exact up to <see cref="Page{T}.CountedAtMost"/>.</param>
/// <param name="TotalIsEstimate">Whether <paramref name="Total"/> is the planner's estimate.</param>
public sealed record RecordPage<TRow>(IReadOnlyList<TRow> Rows, long Total, bool HasMore, bool TotalIsEstimate)
{
    /// <summary>The page of what the rows show.</summary>
    public Page<T> Select<T>(Func<TRow, T> view) => new([.. Rows.Select(view)], Total, HasMore, TotalIsEstimate);
}
