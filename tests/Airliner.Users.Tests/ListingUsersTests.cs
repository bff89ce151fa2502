using System.Text.Json;
using Airliner.Testing;
using Xunit;

namespace Airliner.Users.Tests;

public sealed class ListingUsersTests(RunningSystem system)
{
    private const string Route = "/api/v1/airliner/users";

    [Fact]
    public async Task Administrators_page_through_users_newest_first_without_gap_or_repeat()
    {
        var made = new List<long>();
        for (var i = 0; i < 3; i++)
            made.Add((await system.NewUserAsync()).UserId);
        var token = await system.AdminTokenAsync();

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            using var answer = await system.Users.SendAsync(HttpMethod.Get, $"{Route}?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", token);
            var page = await answer.JsonAsync();
            var pagination = page.GetProperty("pagination");
            seen.AddRange(Ids(page));
            Assert.Equal(2, pagination.GetProperty("limit").GetInt32());
            cursor = pagination.GetProperty("nextCursor").GetString();
            Assert.Equal(cursor is not null, pagination.GetProperty("hasMore").GetBoolean());
        }
        while (cursor is not null);

        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Empty(made.Except(seen));
    }

    [Theory]
    [InlineData("/api/v1/airliner/users")]
    [InlineData("/api/v1/eventstreammonitor/users")]
    public async Task A_name_finds_its_one_user_without_regard_to_case(string route)
    {
        var user = await system.NewUserAsync();
        var token = await system.AdminTokenAsync();

        foreach (var query in new[] { $"username={user.Username.ToUpperInvariant()}", $"email={user.Email.ToUpperInvariant()}", $"username={user.Username}&status=active" })
        {
            using var answer = await system.Users.SendAsync(HttpMethod.Get, $"{route}?{query}", token);
            var page = await answer.JsonAsync();
            Assert.Equal([user.UserId], Ids(page));
            Assert.Equal(1, page.GetProperty("pagination").GetProperty("total").GetInt32());
        }

        foreach (var query in new[] { $"username={user.Username[..^1]}", $"username={user.Username}&status=disabled", $"email={user.Username}" })
        {
            using var answer = await system.Users.SendAsync(HttpMethod.Get, $"{route}?{query}", token);
            Assert.Empty(Ids(await answer.JsonAsync()));
        }
    }

    [Fact]
    public async Task An_offset_passes_over_the_newest()
    {
        var older = await system.NewUserAsync();
        await system.NewUserAsync();
        var token = await system.AdminTokenAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"{Route}?email={older.Email}&offset=1", token);

        var page = await answer.JsonAsync();
        Assert.Empty(Ids(page));
        Assert.Equal(1, page.GetProperty("pagination").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("status", "deleted-or-so")]
    [InlineData("limit", "0")]
    [InlineData("limit", "201")]
    [InlineData("offset", "-1")]
    [InlineData("cursor", "x")]
    [InlineData("username", "a%00b")]
    public async Task A_member_of_the_query_that_is_wrong_is_named(string member, string value)
    {
        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"{Route}?{member}={value}", await system.AdminTokenAsync());

        await answer.InvalidAsync(member);
    }

    [Fact]
    public async Task A_list_shows_no_password_and_no_hash()
    {
        var user = await system.NewUserAsync();

        using var answer = await system.Users.SendAsync(HttpMethod.Get, $"{Route}?username={user.Username}", await system.AdminTokenAsync());

        var text = (await answer.JsonAsync()).ToString();
        Assert.Contains(user.Username, text, StringComparison.Ordinal);
        Assert.DoesNotContain("argon2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<long> Ids(JsonElement page) => page.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("userId").GetInt64());
}
