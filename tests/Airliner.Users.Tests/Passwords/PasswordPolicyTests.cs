using Airliner.Contracts.Users;
using Airliner.Users.Grains.Passwords;
using Xunit;

namespace Airliner.Users.Tests.Passwords;

public sealed class PasswordPolicyTests
{
    [Theory]
    [InlineData("1234567")]
    [InlineData("")]
    public void A_short_one_is_refused(string password) => Assert.Equal(PasswordRefusal.Length, Refusal(password));

    [Fact]
    public void A_length_of_8_to_128_is_taken()
    {
        Assert.Null(Refusal("kq-vex-7"));
        Assert.Null(Refusal(new string('p', 128)));
        Assert.Equal(PasswordRefusal.Length, Refusal(new string('p', 129)));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("PassWord123")]
    [InlineData("12345678")]
    [InlineData("qwertyuiop")]
    [InlineData("conversations")]
    [InlineData("Düsseldorf")]
    public void What_is_guessed_first_is_refused_in_any_case(string password) => Assert.Equal(PasswordRefusal.Common, Refusal(password));

    [Theory]
    [InlineData("lovelace-ada")]
    [InlineData("LOVELACE-ADA")]
    [InlineData("xx-Lovelace-Ada-1")]
    [InlineData("countess@example.com")]
    [InlineData("countess-1815")]
    [InlineData("12345678countess")]
    [InlineData("countesscountess-1")]
    public void What_is_little_more_than_a_name_is_refused(string password) => Assert.Equal(PasswordRefusal.LikeName, Refusal(password));

    [Theory]
    [InlineData("lovelace-ada has nine cats")]
    [InlineData("of countess and kings")]
    public void A_name_within_a_good_password_is_taken(string password) => Assert.Null(Refusal(password));

    [Fact]
    public void A_name_of_three_letters_is_in_a_password_by_chance() => Assert.Null(PasswordPolicy.Refusal("ada-12-x", "ada", "ada@b.example"));

    [Theory]
    [InlineData("all lower case")]
    [InlineData("密碼密碼密碼密碼")]
    [InlineData("        ~       ")]
    public void No_kind_of_character_is_asked_for(string password) => Assert.Null(Refusal(password));

    private static PasswordRefusal? Refusal(string password) => PasswordPolicy.Refusal(password, "lovelace-ada", "countess@example.com");
}
