using Airliner.Contracts.Notifications;
using Xunit;

namespace Airliner.Notifications.Tests.Rules;

public sealed class LocalesTests
{
    [Theory]
    [InlineData("de")]
    [InlineData("DE-at")]
    [InlineData("es-419")]
    [InlineData("zh-Hant-TW")]
    [InlineData("sl-rozaj-1994")]
    [InlineData("gsw")]
    public void A_language_with_its_script_region_and_variants_is_a_tag(string text) => Assert.True(Locales.IsTag(text));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("german")]
    [InlineData("de_AT")]
    [InlineData("de-")]
    [InlineData("de-A")]
    [InlineData("de\n")]
    [InlineData("..")]
    [InlineData("de/at")]
    [InlineData("de-abcdefgh-abcdefgh-abcdefgh-abcdefgh")]
    public void What_else_there_is_is_none(string text) => Assert.False(Locales.IsTag(text));

    [Fact]
    public void A_tag_is_looked_up_ever_shorter_and_then_in_English() => Assert.Equal(["de-Latn-AT", "de-Latn", "de", "en"], Locales.Lookup("de-Latn-AT"));
}
