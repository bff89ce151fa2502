using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>The page that a query asks for of a short list, which is in memory whole. Its cursor says where the last item stands, so that it leads on though that item may be gone.</summary>
/// <param name="after">Where the last item of the page before stands; null for the first page.</param>
public sealed class ShortPage(int limit, int offset, string? after)
{
    /// <summary>Tells a cursor from any other text.</summary>
    private const string CursorPrefix = "after ";

    private static readonly Comparer<string> _descending = Comparer<string>.Create((left, right) => string.CompareOrdinal(right, left));

    /// <summary>The page of a list that begins with what is newest.</summary>
    public (IReadOnlyList<T> Items, Pagination Pagination) Newest<T>(IEnumerable<T> all, Func<T, DateTimeOffset> createdAt, Func<T, string> id) =>
        Cut(all, item => string.Create(CultureInfo.InvariantCulture, $"{createdAt(item).UtcTicks:d19} {id(item)}"), _descending);

    /// <summary>The page of a list in the order of its names.</summary>
    public (IReadOnlyList<T> Items, Pagination Pagination) ByName<T>(IEnumerable<T> all, Func<T, string> name) => Cut(all, name, StringComparer.Ordinal);

    internal static string? FromCursor(string cursor) =>
        Base64Url.IsValid(cursor) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) is var text && text.StartsWith(CursorPrefix, StringComparison.Ordinal)
            ? text[CursorPrefix.Length..]
            : null;

    private (IReadOnlyList<T> Items, Pagination Pagination) Cut<T>(IEnumerable<T> all, Func<T, string> place, IComparer<string> order)
    {
        var sorted = all.OrderBy(place, order).ToList();
        var rest = sorted.Where(item => after is null || order.Compare(place(item), after) > 0).Skip(offset).ToList();
        List<T> items = [.. rest.Take(limit)];
        var hasMore = rest.Count > limit;
        return (items, new(limit, offset, sorted.Count, hasMore, hasMore ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(CursorPrefix + place(items[^1]))) : null));
    }
}
