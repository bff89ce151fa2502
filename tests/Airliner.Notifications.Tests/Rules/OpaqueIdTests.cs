using System.Text.Json;
using Airliner.Contracts;
using Xunit;

namespace Airliner.Notifications.Tests.Rules;

public sealed class OpaqueIdTests
{
    [Fact]
    public void An_id_is_written_as_a_string()
    {
        Assert.Equal("""{"id":"1000","other":"1001"}""", JsonSerializer.Serialize(new Ids(1000, 1001), AirlinerJson.Options));
        Assert.Equal("""{"id":"1000","other":null}""", JsonSerializer.Serialize(new Ids(1000, null), AirlinerJson.Options));
    }

    [Theory]
    [InlineData("""{"id":"1000","other":"1001"}""", 1001L)]
    [InlineData("""{"id":1000,"other":1001}""", 1001L)]
    [InlineData("""{"id":"1000","other":null}""", null)]
    [InlineData("""{"id":"1000"}""", null)]
    public void An_id_is_read_from_a_string_and_from_the_number_that_it_was(string json, long? other) =>
        Assert.Equal(new Ids(1000, other), JsonSerializer.Deserialize<Ids>(json, AirlinerJson.Options));

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"x\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"-1\"")]
    [InlineData("\"1.0\"")]
    [InlineData("\"9223372036854775808\"")]
    [InlineData("\"\\ud800\"")]
    [InlineData("9223372036854775808")]
    [InlineData("1.5")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("{}")]
    public void What_is_no_id_is_refused_by_its_name(string id) =>
        Assert.Equal("$.id", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Ids>($$"""{"id":{{id}}}""", AirlinerJson.Options)).Path);

    private sealed record Ids([property: OpaqueId] long Id, [property: OpaqueId] long? Other = null);
}
