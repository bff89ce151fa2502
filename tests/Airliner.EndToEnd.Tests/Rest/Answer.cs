using System.Text.Json;

namespace Airliner.EndToEnd.Tests.Rest;

/// <summary>What a gateway answered; status 0 where nobody did.</summary>
internal sealed record Answer(int Status, string Text, TimeSpan? RetryAfter = null)
{
    private JsonElement? _json;

    public JsonElement Json => _json ??= JsonElement.Parse(Text);

    public JsonElement this[string member] => Json.GetProperty(member);

    /// <exception cref="Xunit.Sdk.XunitException">The status is another; the message has the body.</exception>
    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"{status} was expected: {this}");
        return this;
    }

    public override string ToString() => $"{Status} {(Text.Length > 500 ? Text[..500] : Text)}";
}
