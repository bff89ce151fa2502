using Airliner.Contracts.Users;
using Airliner.Users.Grains.Codes;
using Xunit;

namespace Airliner.Users.Tests.Codes;

public sealed class OneTimeCodesTests
{
    private static readonly OneTimeCodes _codes = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    // Made by another program, from the words of the decision record.
    [Theory]
    [InlineData(CodePurpose.EmailVerification, "7RWQV-0CC98-S06HA-NMZMA-YGC0VG")]
    [InlineData(CodePurpose.PasswordReset, "FE73S-PST9F-H2H4J-VABC2-01K3HG")]
    public void A_code_is_what_the_decision_says(CodePurpose purpose, string code) => Assert.Equal(code, _codes.Of(purpose, 1000, "id-1"));

    [Fact]
    public void Another_purpose_user_id_or_key_has_another_code()
    {
        var other = new OneTimeCodes(new byte[32]);
        string[] codes =
        [
            _codes.Of(CodePurpose.EmailVerification, 1000, "id-1"),
            _codes.Of(CodePurpose.PasswordReset, 1000, "id-1"),
            _codes.Of(CodePurpose.EmailVerification, 1001, "id-1"),
            _codes.Of(CodePurpose.EmailVerification, 1000, "id-2"),
            other.Of(CodePurpose.EmailVerification, 1000, "id-1"),
        ];

        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Fact]
    public void What_people_make_of_a_code_is_still_it()
    {
        for (var i = 0; i < 100; i++)
        {
            var code = _codes.Of(CodePurpose.PasswordReset, 1000, $"{i}");
            string[] typed =
            [
                code,
                code.ToLowerInvariant(),
                code.Replace("-", "", StringComparison.Ordinal),
                $"  {code.Replace('-', ' ')}\n",
                code.Replace('0', 'O').Replace('1', 'l'),
                code.Replace('0', 'o').Replace('1', 'I'),
            ];

            Assert.All(typed, text => Assert.True(_codes.Matches(text, CodePurpose.PasswordReset, 1000, $"{i}"), text));
        }
    }

    [Fact]
    public void Anything_else_is_not()
    {
        var code = _codes.Of(CodePurpose.PasswordReset, 1000, "id-1");
        string[] others = ["", "-", code[1..], code + "0", (code[0] == 'A' ? 'B' : 'A') + code[1..], _codes.Of(CodePurpose.PasswordReset, 1001, "id-1"), "\0", "é"];

        Assert.All(others, text => Assert.False(_codes.Matches(text, CodePurpose.PasswordReset, 1000, "id-1"), text));
    }
}
