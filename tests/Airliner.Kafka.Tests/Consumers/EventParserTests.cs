using System.Text;
using Airliner.Kafka.Consumers;
using Airliner.Kafka.Tests.Outbox;
using Confluent.Kafka;
using Xunit;

namespace Airliner.Kafka.Tests.Consumers;

public sealed class EventParserTests
{
    [Theory]
    // Half a surrogate pair, in a name that begins like one that handlers look for, and in texts anywhere.
    [InlineData("""{"userId":1000,"u\ud800":1}""", "surrogate")]
    [InlineData("""{"changed":["\uDC00"]}""", "surrogate")]
    [InlineData("""{"a":{"b":[{"c":"x\ud800y"}]}}""", "surrogate")]
    // ÿ in Latin-1.
    [InlineData("{\"text\":\"\u00ff\"}", "not UTF-8")]
    public void An_object_with_a_text_that_cannot_be_read_is_no_event(string value, string reason)
    {
        Assert.False(EventParser.TryParse(Record(value), out _, out var told, out var error));

        Assert.Contains(reason, told, StringComparison.Ordinal);
        Assert.NotNull(error);
    }

    [Theory]
    [InlineData("""{"u\ud83d\ude00":"\u00e9\n"}""")]
    [InlineData("{}")]
    public void Any_other_object_is_one(string value)
    {
        Assert.True(EventParser.TryParse(Record(value), out var parsed, out _, out _));

        Assert.Equal(value, parsed.Value.GetRawText());
    }

    private static ConsumeResult<byte[], byte[]> Record(string value) => new()
    {
        Topic = "things",
        Message = new()
        {
            Key = "k"u8.ToArray(),
            Value = Encoding.Latin1.GetBytes(value),
            Headers = CloudEventHeaders.Of(Raised.One("things", "things/0", 1), "/x"u8.ToArray()),
        },
    };
}
