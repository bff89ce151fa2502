using Airliner.Contracts.Notifications;
using Airliner.Notifications.Grains.Recipients;
using Xunit;

namespace Airliner.Notifications.Tests.Recipients;

public sealed class UnsubscribeLinksTests
{
    private static readonly byte[] _key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly UnsubscribeLinks _links = new(_key, "https://airliner.example/");

    [Fact]
    public void A_link_says_for_whom_it_ends_what()
    {
        var link = _links.For(1001, NotificationCategories.Tasks)!.AbsoluteUri;
        Assert.StartsWith("https://airliner.example/api/v1/airliner/unsubscribe?token=1001.tasks.", link, StringComparison.Ordinal);

        Assert.True(_links.TryRead(TokenOf(1001, NotificationCategories.Tasks), out var userId, out var category));
        Assert.Equal((1001, NotificationCategories.Tasks), (userId, category));
    }

    [Fact]
    public void A_token_that_was_changed_is_none()
    {
        var token = TokenOf(1001, NotificationCategories.Tasks);

        Assert.All(
            [
                "", ".", "..", "1001.tasks.", "1001.tasks", token + "A", token[..^1], token.ToUpperInvariant(), " " + token,
                With("1001", "1002"), With("1001", "01001"), With("1001", "+1001"), With("tasks", "account"), With("tasks", "security"), With("tasks", "é"),
                new string('1', 5000), $"99999999999999999999.tasks.{token.Split('.')[2]}", $"{token}.{token}",
            ],
            wrong => Assert.False(_links.TryRead(wrong, out _, out _), wrong));

        string With(string part, string other) => token.Replace(part, other, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_another_deployment_is_none() =>
        Assert.False(new UnsubscribeLinks([.. _key.Reverse()], null).TryRead(TokenOf(1001, NotificationCategories.Tasks), out _, out _));

    [Fact]
    public void Security_has_no_link() => Assert.Null(_links.For(1001, NotificationCategories.Security));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_public_address_there_are_no_links(string? publicUrl) =>
        Assert.Null(new UnsubscribeLinks(_key, publicUrl).For(1001, NotificationCategories.Tasks));

    [Theory]
    [InlineData("airliner.example")]
    [InlineData("ftp://airliner.example")]
    [InlineData("/airliner")]
    [InlineData("https://airliner.example/?a=b")]
    public void A_public_address_that_is_none_is_named(string publicUrl) =>
        Assert.Contains("AIRLINER_PUBLIC_URL", Assert.Throws<FormatException>(() => new UnsubscribeLinks(_key, publicUrl)).Message, StringComparison.Ordinal);

    private string TokenOf(long userId, string category) => _links.For(userId, category)!.Query["?token=".Length..];
}
