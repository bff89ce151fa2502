using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text.RegularExpressions;
using Airliner.Contracts;
using Airliner.ServiceDefaults.OpenApi;
using Microsoft.AspNetCore.Http;

namespace Airliner.ServiceDefaults.Requests;

/// <summary>The paging members of a list's query: <c>limit</c>, <c>cursor</c>, <c>offset</c>, and what else the list filters by.</summary>
public sealed partial class ListQuery(HttpRequest request)
{
    private readonly Dictionary<string, string[]> _errors = [];

    /// <summary>What was wrong, by member; empty when all is well. Read it after the members.</summary>
    public IDictionary<string, string[]> Errors => _errors;

    public PageRequest Page() => new(Limit(), Cursor<long?>(FromCursor), Offset());

    /// <summary>The page of a list that is in memory.</summary>
    public ShortPage ShortPage() => new(Limit(), Offset(), Cursor(Requests.ShortPage.FromCursor));

    public string? Text(string member)
    {
        if (request.Query[member] is not { Count: > 0 } values || values[^1] is not { Length: > 0 } value)
            return null;
        // Postgres takes no NUL in a text.
        return value.Contains('\0', StringComparison.Ordinal) ? Error<string>(member, "must not have a NUL character.") : value;
    }

    /// <summary>A member that must be one of <paramref name="allowed"/>.</summary>
    public string? OneOf(string member, IReadOnlyCollection<string> allowed)
    {
        var value = Text(member);
        return value is null || allowed.Contains(value) ? value : Error<string>(member, $"must be one of {string.Join(", ", allowed)}.");
    }

    public long? Number(string member, long min = 0, long max = long.MaxValue)
    {
        if (Text(member) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        Error(member, max == long.MaxValue ? $"must be a whole number from {min}." : $"must be a whole number from {min} to {max}.");
        return null;
    }

    public DateTimeOffset? Time(string member)
    {
        if (Text(member) is not { } text)
            return null;
        // The framework takes far more, such as an hour of today or a month by its name.
        if (Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var value))
            return value;
        Error(member, "must be a time as in RFC 3339, for example 2026-01-31T12:00:00Z, or a day, which begins in UTC.");
        return null;
    }

    /// <summary>The <c>pagination</c> member of the answer.</summary>
    public static Pagination Pagination<T>(PageRequest request, Page<T> page, Func<T, long> id)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(id);
        return new(request.Limit, request.Offset, page.Total, page.HasMore, page.HasMore ? ToCursor(id(page.Items[^1])) : null, page.TotalIsEstimate);
    }

    /// <summary>Whose things are asked for, from 1; null for everybody's.</summary>
    public long? UserId() => Number(QueryMember.UserId.Name, min: 1);

    /// <summary>A time, or a day alone.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?\z")]
    private static partial Regex Rfc3339();

    private int Limit() => (int)(Number("limit", 1, PageRequest.MaxLimit) ?? PageRequest.DefaultLimit);

    private int Offset() => (int)(Number("offset", 0, int.MaxValue) ?? 0);

    /// <summary>What the cursor means, null where there is none.</summary>
    private T? Cursor<T>(Func<string, T?> read)
    {
        if (Text("cursor") is not { } cursor)
            return default;
        if (read(cursor) is { } place)
            return place;
        Error("cursor", "must be a nextCursor that a list answered.");
        return default;
    }

    private T? Error<T>(string member, string message)
        where T : class
    {
        Error(member, message);
        return null;
    }

    private void Error(string member, string message) => _errors[member] = [message];

    private static string ToCursor(long id)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, id);
        return Base64Url.EncodeToString(bytes);
    }

    private static long? FromCursor(string cursor)
    {
        Span<byte> bytes = stackalloc byte[8];
        // TryDecodeFromChars returns false only when the buffer is too small; on invalid base64url it throws.
        return cursor.Length == 11 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length) && length == 8
            ? BinaryPrimitives.ReadInt64BigEndian(bytes)
            : null;
    }
}

/// <summary>Where a page stands in its list.</summary>
/// <param name="Total">How many match in all, exact up to 10,000.</param>
/// <param name="HasMore">Whether more follow. A page of large records may have fewer than <c>limit</c>, and more follow.</param>
/// <param name="NextCursor">The <c>cursor</c> of the next page, null on the last.</param>
/// <param name="TotalIsEstimate">Whether <c>total</c> is an estimate, as it is above 10,000.</param>
public sealed record Pagination(int Limit, int Offset, long Total, bool HasMore, string? NextCursor, bool TotalIsEstimate = false);
