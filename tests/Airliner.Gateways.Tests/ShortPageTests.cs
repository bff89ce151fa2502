using Airliner.ServiceDefaults.Requests;
using Airliner.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Airliner.Gateways.Tests;

/// <summary>Pages of lists that are in memory whole.</summary>
public sealed class ShortPageTests(RunningSystem system)
{
    private static readonly DateTimeOffset _start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two are made at a time.</summary>
    private static readonly IReadOnlyList<Item> _items = [.. Enumerable.Range(0, 120).Select(i => new Item($"i_{i:d3}", _start.AddMinutes(i / 2)))];

    private static readonly string[] _newestFirst = [.. _items.Select(item => item.Id).Reverse()];

    [Fact]
    public void The_newest_fifty_come_first_and_the_cursor_leads_through_all()
    {
        var (first, pagination) = Newest("", _items);
        Assert.Equal(_newestFirst[..50], first);
        Assert.Equal((50, 0, 120L, true), (pagination.Limit, pagination.Offset, pagination.Total, pagination.HasMore));

        var (second, next) = Newest($"?cursor={pagination.NextCursor}", _items);
        var (last, end) = Newest($"?cursor={next.NextCursor}", _items);
        Assert.Equal(_newestFirst, first.Concat(second).Concat(last));
        Assert.Equal((120L, false, null), (end.Total, end.HasMore, end.NextCursor));
    }

    [Fact]
    public void A_page_goes_on_where_it_was_whatever_came_and_went_meanwhile()
    {
        var pagination = Newest("?limit=10", _items).Pagination;
        var changed = _items.Where(item => item.Id != _newestFirst[9]).Append(new Item("i_new", _start.AddDays(1)));

        Assert.Equal(_newestFirst[10..20], Newest($"?limit=10&cursor={pagination.NextCursor}", changed).Items);
    }

    [Fact]
    public void An_offset_passes_over_items_and_a_whole_page_at_the_end_has_no_more()
    {
        var (items, pagination) = Newest("?limit=20&offset=100", _items);

        Assert.Equal(_newestFirst[100..], items);
        Assert.Equal((20, 100, 120L, false, null), (pagination.Limit, pagination.Offset, pagination.Total, pagination.HasMore, pagination.NextCursor));
        Assert.Empty(Newest("?offset=120", _items).Items);
    }

    [Fact]
    public void A_list_by_name_is_paged_in_the_order_of_its_names()
    {
        var names = new[] { "b", "a_c", "a" };
        var (first, pagination) = Query("?limit=2").ShortPage().ByName(names, name => name);
        var (second, end) = Query($"?limit=2&cursor={pagination.NextCursor}").ShortPage().ByName(names, name => name);

        Assert.Equal(["a", "a_c", "b"], first.Concat(second));
        Assert.Equal((3L, true, 3L, false), (pagination.Total, pagination.HasMore, end.Total, end.HasMore));
    }

    [Fact]
    public async Task A_user_pages_through_the_sessions_that_are_open()
    {
        var user = await system.NewUserAsync();
        for (var i = 0; i < 2; i++)
            await system.LogInAsync(user.Username, user.Password);

        var all = await ListAsync("");
        var first = await ListAsync("?limit=2");
        var second = await ListAsync($"?limit=2&cursor={first.Cursor}");

        Assert.Equal((3, 3L), (all.Ids.Length, all.Total));
        Assert.Equal(all.Ids, first.Ids.Concat(second.Ids));
        Assert.Equal((2, 3L, null), (first.Ids.Length, second.Total, second.Cursor));

        async Task<(string?[] Ids, long Total, string? Cursor)> ListAsync(string query)
        {
            using var answer = await system.Auth.SendAsync(HttpMethod.Get, $"/api/v1/airliner/sessions{query}", user.AccessToken);
            var json = await answer.JsonAsync();
            var pagination = json.GetProperty("pagination");
            return (
                [.. json.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("sessionId").GetString())],
                pagination.GetProperty("total").GetInt64(), pagination.GetProperty("nextCursor").GetString());
        }
    }

    private static (IReadOnlyList<string> Items, Pagination Pagination) Newest(string query, IEnumerable<Item> all)
    {
        var (items, pagination) = Query(query).ShortPage().Newest(all, item => item.CreatedAt, item => item.Id);
        return ([.. items.Select(item => item.Id)], pagination);
    }

    private static ListQuery Query(string query) => new(new DefaultHttpContext { Request = { QueryString = new QueryString(query) } }.Request);

    private sealed record Item(string Id, DateTimeOffset CreatedAt);
}
